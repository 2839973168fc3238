import Foundation
import Records
import Sandbox

/// Running commands in sandboxes and reading what our runner answers.
extension Pipeline {
    /// How often a sandbox is tried when the sandbox itself fails; such a failure is never charged to the submission.
    private static let attempts = 3
    /// The largest report that is read: what the runner read was hostile.
    private static let reportBytes = 4 << 20

    /// Runs a command, again if the sandbox itself fails.
    ///
    /// The outcome's verdict is never `infrastructure`, except for a command that cannot be executed, which the caller has to judge.
    func run(_ policy: SandboxPolicy) async throws(EvaluationError) -> SandboxOutcome {
        for attempt in 1...Self.attempts {
            let outcome: SandboxOutcome
            do { outcome = try await executor.run(policy) } catch {
                if case .cancelled = error { throw .cancelled }
                throw .infrastructure("\(error)")
            }
            if case .commandNotExecutable? = outcome.failure { return outcome }
            if outcome.verdict != .infrastructure { return outcome }
            guard attempt == Self.attempts else { continue }
            if case .setUp(let reason)? = outcome.failure { throw .infrastructure("the sandbox failed: \(reason)") }
        }
        throw .infrastructure("the sandbox failed \(Self.attempts) times without a word")
    }

    /// What our runner said first on standard error, without the word that ArgumentParser puts in front.
    static func reason(_ outcome: SandboxOutcome) -> String {
        words(outcome) ?? "it ended with \(outcome.verdict.rawValue)"
    }

    /// The same; `nil` if it said nothing.
    private static func words(_ outcome: SandboxOutcome) -> String? {
        if case .commandNotExecutable(let reason)? = outcome.failure { return "the runner could not be started (\(reason))" }
        guard let first = outcome.standardError.text.split(separator: "\n").first.map(String.init) else { return nil }
        return line(first.hasPrefix("Error: ") ? String(first.dropFirst(7)) : first, most: 1000)
    }

    /// How our runner was ended, and what it said.
    static func ending(of what: String, _ outcome: SandboxOutcome) -> String {
        let signal = outcome.verdict == .crash ? outcome.signal.map { " (signal \($0))" } ?? "" : ""
        return "\(what) ended with \(outcome.verdict.rawValue)\(signal)" + (words(outcome).map { ": \($0)" } ?? "")
    }

    /// Why something that was asked for failed: the runner's own words where it refused, else how it was ended.
    static func failure(of what: String, _ outcome: SandboxOutcome) -> String {
        switch outcome.verdict {
        case .runtimeError: reason(outcome)
        case .memoryLimit: "\(what) needed more memory than its sandbox allows (\(outcome.verdict.rawValue))"
        default: ending(of: what, outcome)
        }
    }

    /// A text in one harmless line of at most 300 characters.
    static func line(_ text: String) -> String { line(text, most: 300) }

    /// A text in one harmless line of so many characters.
    static func line(_ text: String, most: Int) -> String {
        let line = HarmlessText.of(Array(text.utf8)).split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count <= most ? line : line.prefix(most) + "…"
    }

    /// Reads a report of our runner, with limits.
    static func read<Report: Decodable>(_ type: Report.Type, from path: String) throws(EvaluationError) -> Report {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let bytes = [UInt8](try handle.read(upToCount: reportBytes + 1) ?? Data())
            guard bytes.count <= reportBytes else { throw EvaluationError.infrastructure("it is larger than \(reportBytes) bytes") }
            return try CanonicalJSON.decode(type, from: bytes, limits: JSONLimits(bytes: reportBytes, depth: 8, values: 100_000))
        } catch {
            throw .infrastructure("the runner's report cannot be read: \(error)")
        }
    }
}
