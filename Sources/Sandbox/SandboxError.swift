/// Why the sandbox refused to work.
public enum SandboxError: Error, Equatable, CustomStringConvertible {
    /// This machine gives no sandbox; the text says what is missing and what to do.
    case unavailable(SandboxObstacle)
    /// The policy contradicts itself or the rules; the text says where.
    case invalidPolicy(String)
    /// All slots of the range are in use by this or other processes.
    case noFreeSlot(ClosedRange<Int>)
    /// A folder of our own could not be made, read or locked: what was tried, and the error number.
    case system(String, Int32)
    /// The calling task was cancelled; nothing of the run is left.
    case cancelled

    /// The message for people.
    public var description: String {
        switch self {
        case .unavailable(let obstacle): "no sandbox on this machine: \(obstacle)"
        case .invalidPolicy(let text): "the sandbox policy is wrong: \(text)"
        case .noFreeSlot(let range):
            "all sandbox slots (users \(range.lowerBound) to \(range.upperBound)) are in use; wait for other runs or start fewer jobs"
        case .system(let action, let number): "\(action): \(SystemErrorText.describe(number))"
        case .cancelled: "the run was cancelled"
        }
    }
}
