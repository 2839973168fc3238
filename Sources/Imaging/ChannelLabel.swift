/// What a file says about a channel for people and viewers.
public struct ChannelLabel: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The values between which a viewer shows the channel at first: a hint, nothing is clipped.
    public let window: ClosedRange<Double>

    /// Names a channel.
    public init(_ name: String, window: ClosedRange<Double> = 0...1) {
        self.name = name
        self.window = window
    }
}

extension [ChannelLabel] {
    /// Refuses labels that are neither absent nor one for each channel.
    func check(axes: [Axis], shape: [Int], of path: String) throws(ImageError) {
        let channels = axes.firstIndex(of: .channel).map { shape[$0] } ?? 1
        guard isEmpty || count == channels else {
            throw ImageError(.unsuitable, file: path, "\(count) channels are named; the image has \(channels).")
        }
    }
}
