/// When a log gets a line about work that goes on: at once, then at each further tenth of the work, but at most every 10 seconds and,
/// as long as anything is done, at least every 10 minutes. A new stage of the work is told at once.
public struct ProgressPace: Sendable {
    /// The least seconds between two lines about the same stage.
    public static let leastSeconds = 10.0
    /// The most seconds without a line while work is done.
    public static let mostSeconds = 600.0

    private var last: (seconds: Double, progress: ModelRunProgress)?

    /// Begins with no line told.
    public init() {}

    /// Whether a line is due; if so it counts as told.
    ///
    /// - Parameter seconds: the time, from any beginning.
    public mutating func isDue(_ progress: ModelRunProgress, at seconds: Double) -> Bool {
        if let last, last.progress.stage == progress.stage {
            let waited = seconds - last.seconds
            guard progress.done > last.progress.done, waited >= Self.leastSeconds else { return false }
            let isNextTenth = progress.done * 10 / max(1, progress.all) > last.progress.done * 10 / max(1, last.progress.all)
            guard isNextTenth || waited >= Self.mostSeconds else { return false }
        }
        last = (seconds, progress)
        return true
    }
}
