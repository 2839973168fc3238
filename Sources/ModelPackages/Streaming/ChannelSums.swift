public import NeuralNetwork

/// Sums over the places of a tensor that is seen part by part, for each channel: exact while they grow, so that they do not depend on
/// the parts or their order. A channel is a position on the axes that have no places, in C order.
public struct ChannelSums {
    private let isOfFloats: Bool
    private var sums: [ExactSum]
    private var squares: [ExactSum]
    private var minima: [Double]
    private var maxima: [Double]
    private var places = 0

    /// Sums of nothing yet.
    ///
    /// - Parameter isOfFloats: whether values of float64 are rounded to float32 first, as what normalises them does.
    public init(channels: Int, isOfFloats: Bool = true) {
        self.isOfFloats = isOfFloats
        sums = [ExactSum](repeating: ExactSum(), count: channels)
        squares = sums
        minima = [Double](repeating: .infinity, count: channels)
        maxima = [Double](repeating: -.infinity, count: channels)
    }

    /// Adds a box of a tensor of any float type: by axis the range of its places; `nil` along those of the channels.
    public mutating func add(_ tensor: Tensor, box: [Range<Int>?]) {
        let offsets = ChannelSums.offsets(tensor.shape, box)
        guard tensor.shape.count == box.count, offsets.channels.count == sums.count else { return }
        switch tensor.storage {
        case .float32(let values): add(values, offsets) { Double($0) }
        case .float64(let values): isOfFloats ? add(values, offsets) { Double(Float($0)) } : add(values, offsets) { $0 }
        case .float16(let values): add(values, offsets) { Double($0) }
        case .bfloat16(let values): add(values, offsets) { Double($0.value) }
        default: return
        }
    }

    /// Where the elements lie: each is the sum of a channel's offset, a row's and a multiple of the step.
    private struct Offsets {
        var channels = [0]
        var rows = [0]
        var step = 1
        var count = 1
    }

    private static func offsets(_ shape: [Int], _ box: [Range<Int>?]) -> Offsets {
        var offsets = Offsets(), stride = shape.reduce(1, *)
        let last = box.lastIndex { $0 != nil }
        for (axis, (extent, range)) in zip(shape, box).enumerated() {
            stride /= max(1, extent)
            guard let range else {
                offsets.channels = offsets.channels.flatMap { offset in (0..<extent).map { offset + $0 * stride } }
                continue
            }
            if axis == last {
                offsets.rows = offsets.rows.map { $0 + range.lowerBound * stride }
                (offsets.step, offsets.count) = (stride, range.count)
            } else {
                offsets.rows = offsets.rows.flatMap { offset in range.map { offset + $0 * stride } }
            }
        }
        return offsets
    }

    private mutating func add<Element>(_ values: [Element], _ offsets: Offsets, number: (Element) -> Double) {
        places += offsets.rows.count * offsets.count
        for (channel, first) in offsets.channels.enumerated() {
            var sum = sums[channel], square = squares[channel], minimum = minima[channel], maximum = maxima[channel]
            values.withUnsafeBufferPointer { values in
                for row in offsets.rows {
                    var place = first + row
                    for _ in 0..<offsets.count {
                        let number = number(values[place])
                        sum.add(number)
                        square.add(number * number)
                        minimum = number < minimum || number.isNaN ? number : minimum
                        maximum = number > maximum || number.isNaN ? number : maximum
                        place += offsets.step
                    }
                }
            }
            (sums[channel], squares[channel], minima[channel], maxima[channel]) = (sum, square, minimum, maximum)
        }
    }

    /// The sums, each rounded once; `nil` if nothing was added.
    public var statistics: ChannelStatistics? {
        ChannelStatistics(places: places, sums: sums.map(\.value), squares: squares.map(\.value), minima: minima, maxima: maxima)
    }
}
