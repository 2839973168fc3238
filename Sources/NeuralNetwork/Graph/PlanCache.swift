internal import Synchronization

/// Keeps the plans for the shapes that were used last, since tiles of one size come in large numbers.
final class PlanCache: Sendable {
    private struct Entry {
        let types: [String: TensorType]
        let winogradEdge: Int?
        let plan: Plan
    }

    private static let capacity = 8
    private let entries = Mutex<[Entry]>([])
    /// The memory of blocks, from run to run.
    let memory = SpareMemory()
    /// What the threads of an operator share, from run to run.
    let scratch = SpareMemory()

    /// The plan for input types, on channel blocks or (without an edge of tiles) not; made if it is not there.
    func plan(for types: [String: TensorType], winogradEdge: Int?, make: () throws(NetworkError) -> Plan) throws(NetworkError) -> Plan {
        if let known = entries.withLock({ $0.first { $0.types == types && $0.winogradEdge == winogradEdge }?.plan }) { return known }
        let plan = try make()
        entries.withLock { entries in
            if entries.count == PlanCache.capacity { entries.removeFirst() }
            entries.append(Entry(types: types, winogradEdge: winogradEdge, plan: plan))
        }
        return plan
    }
}
