/// Visits the places of a plane that lie under a sliding window, for the forms of pooling that have no kernel.
struct WindowWalk {
    private let axes: [Window.Axis]
    private let strides: [Int]

    init(_ window: Window) {
        axes = window.axes
        strides = BlockCopy.strides(of: window.axes.map(\.input))
    }

    /// The number of window positions.
    var count: Int { axes.reduce(1) { $0 * $1.output } }

    /// Calls a closure with each flat place inside the plane, in C order.
    func forEach(_ position: Int, _ body: (Int) -> Void) {
        var rest = position, starts = [Int](repeating: 0, count: axes.count)
        for axis in axes.indices.reversed() {
            starts[axis] = rest % axes[axis].output * axes[axis].stride - axes[axis].padBegin
            rest /= axes[axis].output
        }
        visit(0, 0, starts, body)
    }

    private func visit(_ axis: Int, _ offset: Int, _ starts: [Int], _ body: (Int) -> Void) {
        guard axis < axes.count else { return body(offset) }
        for tap in 0..<axes[axis].kernel {
            let place = starts[axis] + tap * axes[axis].dilation
            guard place >= 0, place < axes[axis].input else { continue }
            visit(axis + 1, offset + place * strides[axis], starts, body)
        }
    }

    /// The number of places under the window, those outside the plane included.
    var taps: Int { axes.reduce(1) { $0 * $1.kernel } }

    /// Calls a closure with the number of each tap that lies inside the plane and its flat place, in C order.
    func forEachTap(_ position: Int, _ body: (_ tap: Int, _ place: Int) -> Void) {
        var rest = position, starts = [Int](repeating: 0, count: axes.count)
        for axis in axes.indices.reversed() {
            starts[axis] = rest % axes[axis].output * axes[axis].stride - axes[axis].padBegin
            rest /= axes[axis].output
        }
        for tap in 0..<taps {
            var rest = tap, place = 0, isInside = true
            for axis in axes.indices.reversed() {
                let own = starts[axis] + rest % axes[axis].kernel * axes[axis].dilation
                rest /= axes[axis].kernel
                isInside = isInside && own >= 0 && own < axes[axis].input
                place += own * strides[axis]
            }
            if isInside { body(tap, place) }
        }
    }

    /// The place counted with the first axis fastest.
    func columnMajor(_ place: Int) -> Int {
        var result = 0, factor = 1, rest = place
        for axis in axes.indices {
            result += rest / strides[axis] * factor
            rest %= strides[axis]
            factor *= axes[axis].input
        }
        return result
    }
}
