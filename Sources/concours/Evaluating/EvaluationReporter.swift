import Challenges
import Evaluation
import Records
import Synchronization

/// Shows the events of one evaluation: a progress line and one line at the end for people, one JSON line each for programs.
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
    private let line = Mutex(ProgressLine())

    init(printsJSON: Bool) {
        self.printsJSON = printsJSON
    }

    func report(_ event: EvaluationEvent) {
        if printsJSON { return printJSON(event) }
        switch event {
        case .taken(let submission, let kind, let cases, let notes):
            for note in notes { Terminal.note("\(submission): \(note)") }
            line.withLock { $0.show("\(submission)  \(kind.rawValue), \(cases) cases …") }
        case .reused(let submission):
            finish()
            Terminal.note("\(submission): evaluated before under the same recipe; the record is used")
        case .finishedCase(let submission, let item, _, let done, let count):
            line.withLock { $0.show("\(submission)  \(done) of \(count) cases, last: \(item.verdict.rawValue)") }
        case .finished(let record):
            finish()
            Terminal.note("\(record.submission.name): \(Self.summary(record))")
        }
    }

    /// Removes the progress line.
    func finish() {
        line.withLock { $0.clear() }
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
