internal import ModelPackages

/// How the axes of an output lie beside those of blended sums, which are (channels, the axes of the windows …).
struct BlendOrder {
    private let kinds: [Kind]

    private enum Kind {
        case batch
        case channel
        case window(Int)
    }

    /// - Returns: `nil` for an output whose axes are not the windows', a batch and a channel axis, each at most once.
    init?(_ output: TensorDescription, _ sample: SampleAxes) {
        let places = sample.outputAxes[output.id] ?? []
        var kinds: [Kind] = []
        for (axis, place) in zip(output.axes, places) {
            switch (axis.kind, place) {
            case (_, .some(let entry)): kinds.append(.window(entry))
            case (.batch, nil): kinds.append(.batch)
            case (.channel, nil): kinds.append(.channel)
            default: return nil
            }
        }
        guard kinds.count == output.axes.count, places.compactMap(\.self).sorted() == Array(sample.entries.indices) else { return nil }
        self.kinds = kinds
    }

    /// The extents of the output.
    func shape(channels: Int, _ extents: [Int]) -> [Int] {
        kinds.map { kind in
            switch kind {
            case .batch: 1
            case .channel: channels
            case .window(let index): extents[index]
            }
        }
    }

    /// The same of a box.
    func box(channels: Int, _ box: [Range<Int>]) -> [Range<Int>] {
        kinds.map { kind in
            switch kind {
            case .batch: 0..<1
            case .channel: 0..<channels
            case .window(let index): box[index]
            }
        }
    }

    /// Where a box of the output lies along the axes of the windows.
    func window(of box: [Range<Int>], axes: Int) -> [Range<Int>] {
        var window = [Range<Int>](repeating: 0..<0, count: axes)
        for (place, kind) in kinds.enumerated() { if case .window(let index) = kind { window[index] = box[place] } }
        return window
    }

    /// The number of channels of an output of that shape for a window; `nil` if it is not as large as the window.
    func channels(of shape: [Int], window: [Int]) -> Int? {
        guard shape.count == kinds.count else { return nil }
        var channels = 1
        for case (.channel, let extent) in zip(kinds, shape) { channels = extent }
        return self.shape(channels: channels, window) == shape ? channels : nil
    }

    /// The output's axes that are these of the windows.
    func places(of axes: [Int]) -> [Int] {
        kinds.indices.filter { if case .window(let index) = kinds[$0] { axes.contains(index) } else { false } }
    }

    /// Values in the output's order as (channels, …).
    func summable(_ values: [Float], _ shape: [Int]) -> [Float] {
        var order: [Int?] = [Int?](repeating: nil, count: kinds.count + 1)
        for (place, kind) in kinds.enumerated() {
            switch kind {
            case .batch: break
            case .channel: order[0] = place
            case .window(let index): order[index + 1] = place
            }
        }
        return ImageLayout.permuted(values, shape: shape, order: order.compactMap(\.self))
    }

    /// Values (channels, …) in the output's order.
    func ordered(_ values: [Float], channels: Int, _ extents: [Int]) -> [Float] {
        let order = kinds.compactMap { kind -> Int? in
            switch kind {
            case .batch: nil
            case .channel: 0
            case .window(let index): index + 1
            }
        }
        return ImageLayout.permuted(values, shape: [channels] + extents, order: order)
    }
}
