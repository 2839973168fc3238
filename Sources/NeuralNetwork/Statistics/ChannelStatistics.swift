/// What was summed up over all places of an image, for each channel of one value of a network.
public struct ChannelStatistics: Sendable, Equatable {
    /// The number of places.
    public let places: Int
    /// The sum of the values, by channel.
    public let sums: [Double]
    /// The sum of the squared values, by channel.
    public let squares: [Double]
    /// The greatest value, by channel.
    public let maxima: [Double]

    /// States statistics; `nil` unless there is one entry for each channel and at least one place.
    public init?(places: Int, sums: [Double], squares: [Double], maxima: [Double]) {
        guard places > 0, sums.count == squares.count, sums.count == maxima.count else { return nil }
        self.places = places
        self.sums = sums
        self.squares = squares
        self.maxima = maxima
    }

    /// Mean and population variance of channels together.
    func moments(_ channels: Range<Int>) -> (mean: Double, variance: Double) {
        let count = Double(places * channels.count)
        let mean = sums[channels].reduce(0, +) / count
        return (mean, max(0, squares[channels].reduce(0, +) / count - mean * mean))
    }
}
