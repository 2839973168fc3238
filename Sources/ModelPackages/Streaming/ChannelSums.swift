public import NeuralNetwork

/// Sums over the places of a tensor that is seen part by part, for each channel: exact while they grow, so that they do not depend on
/// the parts or their order.
public struct ChannelSums {
    private var sums: [ExactSum]
    private var squares: [ExactSum]
    private var maxima: [Float]
    private var places = 0

    /// Sums of nothing yet.
    public init(channels: Int) {
        sums = [ExactSum](repeating: ExactSum(), count: channels)
        squares = sums
        maxima = [Float](repeating: -.infinity, count: channels)
    }

    /// Adds a box of a tensor (1, channels, …); `box` are the ranges along the axes behind the channels.
    public mutating func add(_ tensor: Tensor, box: [Range<Int>]) {
        guard let values = tensor.floats, tensor.shape.count == box.count + 2, tensor.shape[1] == sums.count, let row = box.last else {
            return
        }
        let shape = Array(tensor.shape[2...])
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
                        let number = Double(value)
                        sum.add(number)
                        square.add(number * number)
                        maximum = value > maximum || value.isNaN ? value : maximum
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
