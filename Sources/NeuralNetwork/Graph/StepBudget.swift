internal import Synchronization

/// How much the graphs inside of nodes may compute together: steps of loops in loops multiply, so that a file of a few hundred bytes could
/// ask for years. The outermost node that decides or repeats brings the budget; those inside of it share it.
final class StepBudget: Sendable {
    /// The budget of the node that runs; `nil` outside of such nodes.
    @TaskLocal static var current: StepBudget?

    private let spent = Mutex((steps: 0, bytes: 0, sum: 0))
    /// The most steps, with those that results count as.
    private let most: Int
    /// Whether a node beyond the budget is left to the run; else it is an error.
    private let isLoading: Bool
    /// The bytes of results that count as a step: about as much as fits a second and 100 MiB while a network is loaded.
    private let bytesPerStep: Int

    private init() {
        // Nodes whose inputs are known are computed while a network is loaded or planned.
        isLoading = FoldingBudget.current != nil
        most = isLoading ? 20_000 : 1_000_000
        bytesPerStep = isLoading ? 1 << 10 : 1 << 14
    }

    /// Takes the steps of a node and of its results' bytes out of the budget.
    func spend(_ bytes: Int, node: Node) throws(NetworkError) {
        let (steps, held, sum) = spent.withLock { spent in
            spent.steps += 1
            spent.bytes += min(bytes, .max / 2 - spent.bytes)
            spent.sum += 1 + min(bytes / bytesPerStep, most)
            return spent
        }
        guard sum <= most else {
            throw node.error(
                isLoading ? .unknownBeforeRun : .limit,
                "the graphs inside of nodes take \(steps) steps and more, with \(held) bytes of results: with one for each \(bytesPerStep) "
                    + "bytes of a result that is \(sum), and at most \(most) are allowed"
                    + (isLoading ? " before a run" : ""))
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
