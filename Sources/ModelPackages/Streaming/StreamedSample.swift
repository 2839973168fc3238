/// A sample that is seen window by window, because it is larger than memory.
public protocol StreamedSample {
    /// The names of the axes, slowest first.
    var axes: [String] { get }
    /// The extents of the whole sample.
    var shape: [Int] { get }
    /// Visits windows that together hold every element once, in any order.
    func forEachWindow(_ visit: (_ window: AxisTensor, _ origin: [Int]) throws(PackageError) -> Void) throws(PackageError)
}

/// A processing step whose statistics are known, so that it can be carried out on any window of the sample.
public struct SettledStep: Sendable {
    private let change: @Sendable (AxisTensor, [Int]) throws(PackageError) -> AxisTensor

    init(_ change: @escaping @Sendable (AxisTensor, [Int]) throws(PackageError) -> AxisTensor) { self.change = change }

    /// Carries the step out on a window that begins at `origin`.
    public func apply(to window: AxisTensor, at origin: [Int]) throws(PackageError) -> AxisTensor { try change(window, origin) }
}

/// A sample after some steps.
struct SteppedSample: StreamedSample {
    let base: any StreamedSample
    let steps: [SettledStep]

    var axes: [String] { base.axes }
    var shape: [Int] { base.shape }

    func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
        try base.forEachWindow { (window, origin) throws(PackageError) in
            var window = window
            for step in steps { window = try step.apply(to: window, at: origin) }
            try visit(window, origin)
        }
    }
}
