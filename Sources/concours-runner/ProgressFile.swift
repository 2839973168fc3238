import Challenges

/// The file that says how far a model's run is: written when something new begins, and at most twice a second between.
struct ProgressFile {
    /// How far the run is.
    private(set) var now = ModelRunProgress(stage: .reading)
    private let path: String?
    private var written: ContinuousClock.Instant?

    /// Begins the file; `nil` for none.
    init(_ path: String?) {
        self.path = path
        write()
    }

    /// Tells tiles.
    mutating func tell(done: Int, of all: Int) {
        let isNew = now.stage != .tiles
        (now.stage, now.done, now.all) = (.tiles, done, all)
        // A write waits for the disk, which small tiles should not.
        if isNew || written.map({ ContinuousClock.now - $0 >= .milliseconds(500) }) ?? true { write() }
    }

    /// Tells another stage.
    mutating func tell(_ stage: ModelRunProgress.Stage) {
        now.stage = stage
        write()
    }

    /// Tells what a user should know before the end.
    mutating func tell(note: String) {
        now.notes.append(note)
        write()
    }

    private mutating func write() {
        guard let path else { return }
        written = .now
        // Progress is for people: where it cannot be written, the run goes on.
        try? RunnerFiles.report(now, to: path)
    }
}
