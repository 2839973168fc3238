import Challenges

/// Shows how far a model's run is, from a task: a line that is written over on a screen, lines now and then elsewhere. What a user
/// should know before the end is told once.
actor RunProgressReporter {
    private var line = ProgressLine()
    private var text = ProgressText()
    private var pace = ProgressPace()
    private var told: Set<String> = []
    private let beginning = ContinuousClock.now

    func show(_ progress: ModelRunProgress) {
        for note in progress.notes where told.insert(note).inserted {
            line.clear()
            Terminal.note(Paragraph.wrapped("note: \(note)", indent: 2))
        }
        let seconds = (ContinuousClock.now - beginning) / .seconds(1)
        let text = text.text(progress, at: seconds)
        if Terminal.isInteractive {
            line.show(text)
        } else if pace.isDue(progress, at: seconds) {
            Terminal.note(text)
        }
    }

    /// The notes that were not told while the work went on.
    func untold(of notes: [String]) -> [String] { notes.filter { !told.contains($0) } }

    func clear() { line.clear() }
}
