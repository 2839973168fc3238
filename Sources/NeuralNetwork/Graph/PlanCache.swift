internal import Synchronization

/// Keeps the plans for the shapes that were used last, since tiles of one size come in large numbers.
final class PlanCache: Sendable {
    private struct Entry {
        let types: [String: TensorType]
        let convolutions: RunOptions.Convolutions?
        let plan: Plan
    }

    private static let capacity = 8
    private let entries = Mutex<[Entry]>([])
    /// The memory of blocks, from run to run.
    let memory = SpareMemory()
    /// What the threads of an operator share, from run to run.
    let scratch = SpareMemory()

    /// The plan for input types, on channel blocks or (without convolutions for them) not; made if it is not there.
    func plan(
        for types: [String: TensorType], convolutions: RunOptions.Convolutions?, make: () throws(NetworkError) -> Plan
    ) throws(NetworkError) -> Plan {
        if let known = entries.withLock({ $0.first { $0.types == types && $0.convolutions == convolutions }?.plan }) { return known }
        let plan = try make()
        entries.withLock { entries in
            if entries.count == PlanCache.capacity { entries.removeFirst() }
            entries.append(Entry(types: types, convolutions: convolutions, plan: plan))
        }
        return plan
    }
}
