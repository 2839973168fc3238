internal import Synchronization

/// How much the graphs inside of nodes may compute together: steps of loops in loops multiply, so that a file of a few hundred bytes could
/// ask for years. The outermost node that decides or repeats brings the budget; those inside of it share it.
final class StepBudget: Sendable {
    /// The budget of the node that runs; `nil` outside of such nodes.
    @TaskLocal static var current: StepBudget?

    private let left: Mutex<Int>
    private let total: Int
    /// Whether a node beyond the budget is left to the run; else it is an error.
    private let isLoading: Bool
    /// The bytes of results that count as a step: about as much as fits a second and 100 MiB while a network is loaded.
    private let bytesPerStep: Int

    private init() {
        // Nodes whose inputs are known are computed while a network is loaded or planned.
        isLoading = FoldingBudget.current != nil
        total = isLoading ? 20_000 : 1_000_000
        bytesPerStep = isLoading ? 1 << 10 : 1 << 14
        left = Mutex(total)
    }

    /// Takes the steps of a node and of its results' bytes out of the budget.
    func spend(_ bytes: Int, node: Node) throws(NetworkError) {
        let rest = left.withLock { left in
            left -= 1 + min(bytes / bytesPerStep, total)
            return left
        }
        guard rest >= 0 else {
            throw node.error(
                isLoading ? .unknownBeforeRun : .limit,
                "the graphs inside of nodes take more than \(total) steps together, each up to \(bytesPerStep) bytes of results"
                    + (isLoading ? ", which only a run takes" : ""))
        }
    }

    /// Runs a closure under the budget that is there, or under a new one.
    static func shared<Result>(_ body: () throws(NetworkError) -> Result) throws(NetworkError) -> Result {
        if current != nil { return try body() }
        return try $current.withValue(StepBudget()) { () -> Swift.Result<Result, NetworkError> in
            do throws(NetworkError) { return .success(try body()) } catch { return .failure(error) }
        }.get()
    }
}
