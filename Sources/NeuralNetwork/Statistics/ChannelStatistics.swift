/// What was summed up over all places of an image, for each channel of one value of a network: each position on those of its axes that
/// do not follow the image, in C order.
public struct ChannelStatistics: Sendable, Equatable {
    /// The number of places.
    public let places: Int
    /// The sum of the values, by channel.
    public let sums: [Double]
    /// The sum of the squared values, by channel.
    public let squares: [Double]
    /// The least value, by channel.
    public let minima: [Double]
    /// The greatest value, by channel.
    public let maxima: [Double]

    /// States statistics; `nil` unless there is one entry for each channel and at least one place.
    public init?(places: Int, sums: [Double], squares: [Double], minima: [Double], maxima: [Double]) {
        guard places > 0, [squares, minima, maxima].allSatisfy({ $0.count == sums.count }) else { return nil }
        self.places = places
        self.sums = sums
        self.squares = squares
        self.minima = minima
        self.maxima = maxima
    }

    /// The same of channels taken together, by group.
    func joined(_ groups: ChannelGroups) -> [GroupStatistics] {
        var results = [GroupStatistics](repeating: GroupStatistics(), count: groups.count)
        for (channel, group) in groups.numbers.enumerated() {
            results[group].add(
                places, sum: sums[channel], squares: squares[channel], minimum: minima[channel], maximum: maxima[channel])
        }
        return results
    }
}
