/// Why an evaluation did not come about. No message carries a path that the caller did not give.
public enum EvaluationError: Error, Sendable, CustomStringConvertible {
    /// The challenge has no such phase; the known ones.
    case unknownPhase(String, known: [String])
    /// The submission cannot be taken in as it is: one sentence per problem.
    case invalidSubmission(name: String, problems: [String])
    /// What was asked of a model or a network failed, because of it, the image or an option: one sentence per problem.
    case failed(name: String, problems: [String])
    /// The runner, which has to lie beside this program, is missing or unusable.
    case runnerMissing(String)
    /// The sandbox or the machine failed, not the submission.
    case infrastructure(String)
    /// The same evaluation gave other results than before.
    case notReproducible(String)
    /// Somebody asked to stop; what was finished before is kept.
    case cancelled
    /// Files of the challenge or of the results cannot be read or written.
    case files(String)

    /// The message for people.
    public var description: String {
        switch self {
        case .unknownPhase(let phase, let known):
            "there is no phase “\(phase)”; the challenge has \(known.map { "“\($0)”" }.joined(separator: ", "))"
        case .invalidSubmission(let name, let problems):
            "the submission “\(name)” cannot be evaluated:\n" + Self.list(problems)
        case .failed(let name, let problems): "“\(name)”:\n" + Self.list(problems.map { Self.without(name, $0) })
        case .runnerMissing(let reason): "concours-runner is not usable (\(reason)); build both programs with `make build`"
        case .infrastructure(let reason): reason
        case .notReproducible(let reason): reason
        case .cancelled: "stopped; evaluations that were finished are kept, this one is not"
        case .files(let reason): reason
        }
    }

    /// A problem without the name of what has it in front, which stands above it already.
    private static func without(_ name: String, _ problem: String) -> String {
        for known in [name, String(name.split(separator: "/").last ?? "")] where problem.hasPrefix(known + ": ") {
            return String(problem.dropFirst(known.count + 2))
        }
        return problem
    }

    private static func list(_ problems: [String]) -> String {
        problems.prefix(20).map { "  - \($0)" }.joined(separator: "\n")
            + (problems.count > 20 ? "\n  - and \(problems.count - 20) more" : "")
    }
}
