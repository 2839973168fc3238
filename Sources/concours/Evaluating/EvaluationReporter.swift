import Challenges
import Evaluation
import Records
import Synchronization

/// Shows the events of one evaluation: a progress line (now and then a line where there is no screen) and one line at the end for people,
/// one JSON line each for programs.
final class EvaluationReporter: Sendable {
    private struct Event: Encodable {
        let event: String
        let submission: String
        var `case`: String?
        var verdict: Verdict?
        var reason: String?
        var done: Int?
        var of: Int?
        var wallSeconds: Double?
        var peakMemoryBytes: Int?
        var notes: [String]?
    }

    private let printsJSON: Bool
    private let progress = Mutex(Progress())
    private let beginning = ContinuousClock.now

    private struct Progress {
        var line = ProgressLine()
        var pace = ProgressPace()
    }

    init(printsJSON: Bool) {
        self.printsJSON = printsJSON
    }

    func report(_ event: EvaluationEvent) {
        if printsJSON { return printJSON(event) }
        switch event {
        case .taken(let submission, let kind, let cases, let notes):
            for note in notes { Terminal.note("\(submission): \(note)") }
            show("\(submission)  \(kind.rawValue), \(cases) cases …", done: 0, of: cases)
        case .reused(let submission):
            finish()
            Terminal.note("\(submission): evaluated before under the same recipe; the record is used")
        case .finishedCase(let submission, let item, _, let done, let count):
            show("\(submission)  \(done) of \(count) cases, last: \(item.verdict.rawValue)", done: done, of: count)
        case .finished(let record):
            finish()
            Terminal.note("\(record.submission.name): \(Self.summary(record))")
        }
    }

    /// Removes the progress line.
    func finish() {
        progress.withLock { $0.line.clear() }
    }

    /// Writes the progress line over on a screen; elsewhere it becomes a line of the log now and then.
    private func show(_ text: String, done: Int, of all: Int) {
        progress.withLock { progress in
            if Terminal.isInteractive { return progress.line.show(text) }
            let seconds = (ContinuousClock.now - beginning) / .seconds(1)
            if progress.pace.isDue(ModelRunProgress(stage: .tiles, done: done, all: all), at: seconds) { Terminal.note(text) }
        }
    }

    /// `8 of 8 cases scored`, or how many ended otherwise.
    static func summary(_ record: EvaluationRecord) -> String {
        let good = record.cases.count { $0.verdict == .ok }
        let others = Verdict.allCases.filter { $0 != .ok }.compactMap { verdict -> String? in
            let count = record.cases.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        return "\(good) of \(record.cases.count) cases scored" + (others.isEmpty ? "" : "; " + others.joined(separator: ", "))
    }

    private func printJSON(_ event: EvaluationEvent) {
        let line: Event
        switch event {
        case .taken(let submission, _, let cases, let notes):
            line = Event(event: "taken", submission: submission, of: cases, notes: notes)
        case .reused(let submission):
            line = Event(event: "reused", submission: submission)
        case .finishedCase(let submission, let item, let usage, let done, let count):
            line = Event(
                event: "case", submission: submission, case: item.id, verdict: item.verdict, reason: item.reason, done: done, of: count,
                wallSeconds: usage?.wallSeconds, peakMemoryBytes: usage?.peakMemoryBytes)
        case .finished(let record):
            line = Event(event: "submission", submission: record.submission.name, of: record.cases.count)
        }
        try? Terminal.jsonLine(line)
    }
}
