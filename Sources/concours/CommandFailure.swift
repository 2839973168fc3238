import Evaluation

/// Why a command ends without success, with its exit code.
struct CommandFailure: Error {
    let message: String
    let exitCode: Int32

    /// The thing asked about failed: an invalid challenge or submission, a mismatch, unreadable input.
    static func failed(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 1) }

    /// The arguments do not fit together.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 2) }

    /// The machine, the sandbox or the installation failed; nobody's submission is to blame.
    static func infrastructure(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 3) }

    /// Somebody stopped the work; the exit code is that of the signal, as shells count.
    static func stopped(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: Interruption.exitCode) }

    /// What a command that keeps nothing ends with.
    static func of(_ error: EvaluationError) -> CommandFailure {
        switch error {
        case .infrastructure, .runnerMissing: .infrastructure("\(error)")
        case .cancelled: .stopped("stopped; nothing is kept")
        default: .failed("\(error)")
        }
    }
}
