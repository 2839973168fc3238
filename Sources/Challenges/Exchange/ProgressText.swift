import Foundation

/// A run's progress for people, with the rate of its tiles and the time that is left by it.
public struct ProgressText: Sendable {
    /// When tiles began to go through the network, and how many were done by then: an interrupted run's are no measure of this one's rate.
    private var start: (seconds: Double, done: Int)?

    /// Begins before the first progress.
    public init() {}

    /// Such as `120 of 800 tiles, 2.1 a second, 5 min left`; without a rate until a tile is done.
    ///
    /// - Parameter seconds: the time, from any beginning.
    public mutating func text(_ progress: ModelRunProgress, at seconds: Double) -> String {
        switch progress.stage {
        case .reading: return "reading the image"
        case .finishing: return "\(Self.tiles(progress.all)) done, making the result"
        case .tiles: break
        }
        let tiles = "\(progress.done) of \(Self.tiles(progress.all))"
        let start = start ?? (seconds, progress.done)
        self.start = start
        guard progress.done > start.done, seconds > start.seconds else { return tiles }
        let rate = Double(progress.done - start.done) / (seconds - start.seconds)
        return "\(tiles), \(Self.rate(rate)), \(Self.duration(Double(progress.all - progress.done) / rate)) left"
    }

    private static func tiles(_ count: Int) -> String { count == 1 ? "1 tile" : "\(count) tiles" }

    private static func rate(_ perSecond: Double) -> String {
        let units = [(1.0, "a second"), (60, "a minute"), (3600, "an hour")]
        let (seconds, unit) = units.first { perSecond * $0.0 >= 1 } ?? (3600, "an hour")
        let value = perSecond * seconds
        return String(format: "%.\(value < 10 ? 1 : 0)f", value) + " " + unit
    }

    private static func duration(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 1e9).rounded(.up))
        if whole < 90 { return "\(whole) s" }
        return whole < 5400 ? "\((whole + 59) / 60) min" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
}
