/// Which channels of a value a statistic takes together: all positions on the axes that do not follow the image, in C order, each in a
/// group.
struct ChannelGroups: Sendable, Equatable {
    /// The group of each channel, counted from 0.
    let numbers: [Int]
    let count: Int

    /// The channels that differ along axes over which is reduced are one group.
    ///
    /// - Parameter places: the axes that follow the image.
    init(_ shape: [Int], places: [Int], reduced: [Int]) {
        var numbers = [0], count = 1
        for (axis, extent) in shape.enumerated() where !places.contains(axis) {
            let isKept = !reduced.contains(axis)
            numbers = numbers.flatMap { number in (0..<extent).map { isKept ? number * extent + $0 : number } }
            count *= isKept ? extent : 1
        }
        self.numbers = numbers
        self.count = count
    }

    /// Groups of as many channels each, one after the other; `nil` if that does not come out even.
    init?(channels: Int, in count: Int) {
        guard count > 0, channels > 0, channels.isMultiple(of: count) else { return nil }
        numbers = (0..<channels).map { $0 / (channels / count) }
        self.count = count
    }

    /// The numbers of a parameter that is broadcast to a shape, by channel; `nil` where it is not, or varies along the image.
    static func parameter(_ values: [Float], _ own: [Int], over shape: [Int], places: [Int]) -> [Float]? {
        guard own.count <= shape.count else { return nil }
        let own = shape.dropFirst(own.count).map { _ in 1 } + own, strides = BlockCopy.strides(of: own)
        guard zip(own, shape).allSatisfy({ $0 == 1 || $0 == $1 }), places.allSatisfy({ own[$0] == 1 }) else { return nil }
        var offsets = [0]
        for (axis, extent) in shape.enumerated() where !places.contains(axis) {
            offsets = offsets.flatMap { offset in (0..<extent).map { offset + (own[axis] == 1 ? 0 : $0 * strides[axis]) } }
        }
        return offsets.map { values[$0] }
    }
}
