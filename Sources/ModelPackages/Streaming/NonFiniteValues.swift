internal import NeuralNetwork

/// The values of a sample that are no finite numbers: how many, and where the first one is.
///
/// Concours keeps them as they are. Means, deviations and percentiles that meet them become NaN or infinite, as NumPy's do.
public struct NonFiniteValues: Sendable, Equatable {
    /// The number of NaNs.
    public private(set) var notANumber = 0
    /// The number of infinities of either sign.
    public private(set) var infinite = 0
    /// The names of the sample's axes, slowest first.
    public let axes: [String]
    /// Where the first one in C order is, an index from 0 for each axis; empty if there is none.
    public private(set) var first: [Int] = []

    /// The number of both.
    public var count: Int { notANumber + infinite }

    /// Looks at all values of a sample.
    public init(_ sample: any StreamedSample) throws(PackageError) {
        axes = sample.axes
        try sample.forEachWindow { (window, origin) throws(PackageError) in add(window, at: origin) }
    }

    /// Looks at all values of a tensor.
    public init(_ tensor: AxisTensor) {
        axes = tensor.axes
        add(tensor, at: tensor.shape.map { _ in 0 })
    }

    /// States what was found earlier.
    public init(notANumber: Int, infinite: Int, axes: [String], first: [Int]) {
        self.notANumber = notANumber
        self.infinite = infinite
        self.axes = axes
        self.first = first
    }

    /// Where the first one is, such as `c 0, y 17, x 203`.
    public var place: String { NonFiniteValues.words(of: first, along: axes) }

    /// A place in words; the batch is left out.
    static func words(of place: [Int], along axes: [String]) -> String {
        zip(axes, place).filter { $0.0 != "batch" }.map { "\($0 == "channel" ? "c" : $0 == "time" ? "t" : $0) \($1)" }
            .joined(separator: ", ")
    }

    private mutating func add(_ window: AxisTensor, at origin: [Int]) {
        switch window.tensor.storage {
        case .float32(let values): add(values, window.shape, origin)
        case .float64(let values): add(values, window.shape, origin)
        default: break
        }
    }

    private mutating func add<Value: BinaryFloatingPoint>(_ values: [Value], _ shape: [Int], _ origin: [Int]) {
        guard let start = values.firstIndex(where: { !$0.isFinite }) else { return }
        for value in values[start...] where !value.isFinite {
            if value.isNaN { notANumber += 1 } else { infinite += 1 }
        }
        let place = zip(origin, AxisTensor.place(of: start, in: shape)).map(+)
        if first.isEmpty || place.lexicographicallyPrecedes(first) { first = place }
    }
}

extension TensorDescription {
    /// The steps that take statistics of the whole tensor.
    public var statisticalSteps: [String] { steps.filter(\.usesStatistics).map(\.id) }

    /// Those that take them over the batch too, which the format calls statistics of a data set.
    public var batchStatisticalSteps: [String] {
        steps.filter { step in
            guard step.usesStatistics, let step = step as? any StatisticalStep else { return false }
            return step.axes?.contains("batch") ?? true
        }.map(\.id)
    }
}
