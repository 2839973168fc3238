public import NeuralNetwork

/// Sums over the places of a tensor that is seen part by part, for each channel: exact while they grow, so that they do not depend on
/// the parts or their order.
public struct ChannelSums {
    private let isOfFloats: Bool
    private var sums: [ExactSum]
    private var squares: [ExactSum]
    private var maxima: [Double]
    private var places = 0

    /// Sums of nothing yet.
    ///
    /// - Parameter isOfFloats: whether values of float64 are rounded to float32 first, as what normalises them does.
    public init(channels: Int, isOfFloats: Bool = true) {
        self.isOfFloats = isOfFloats
        sums = [ExactSum](repeating: ExactSum(), count: channels)
        squares = sums
        maxima = [Double](repeating: -.infinity, count: channels)
    }

    /// Adds a box of a tensor (1, channels, …) of any float type; `box` are the ranges along the axes behind the channels.
    public mutating func add(_ tensor: Tensor, box: [Range<Int>]) {
        guard tensor.shape.count == box.count + 2, tensor.shape[1] == sums.count else { return }
        let shape = Array(tensor.shape[2...])
        switch tensor.storage {
        case .float32(let values): add(values, shape, box) { Double($0) }
        case .float64(let values): isOfFloats ? add(values, shape, box) { Double(Float($0)) } : add(values, shape, box) { $0 }
        case .float16(let values): add(values, shape, box) { Double($0) }
        case .bfloat16(let values): add(values, shape, box) { Double($0.value) }
        default: return
        }
    }

    private mutating func add<Element>(_ values: [Element], _ shape: [Int], _ box: [Range<Int>], number: (Element) -> Double) {
        guard let row = box.last else { return }
        let plane = shape.reduce(1, *)
        places += box.reduce(1) { $0 * $1.count }
        for channel in sums.indices {
            var starts = [channel * plane]
            var step = plane
            for (extent, range) in zip(shape, box).dropLast() {
                step /= extent
                starts = starts.flatMap { start in range.map { start + $0 * step } }
            }
            var sum = sums[channel], square = squares[channel], maximum = maxima[channel]
            values.withUnsafeBufferPointer { values in
                for start in starts {
                    for value in values[start + row.lowerBound..<start + row.upperBound] {
                        let number = number(value)
                        sum.add(number)
                        square.add(number * number)
                        maximum = number > maximum || number.isNaN ? number : maximum
                    }
                }
            }
            (sums[channel], squares[channel], maxima[channel]) = (sum, square, maximum)
        }
    }

    /// The sums, each rounded once; `nil` if nothing was added.
    public var statistics: ChannelStatistics? {
        ChannelStatistics(places: places, sums: sums.map(\.value), squares: squares.map(\.value), maxima: maxima)
    }
}
