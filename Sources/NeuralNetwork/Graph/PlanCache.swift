internal import Synchronization

/// Keeps the plans for the shapes that were used last, since tiles of one size come in large numbers.
final class PlanCache: Sendable {
    private struct Entry {
        let types: [String: TensorType]
        let plan: Plan
    }

    private static let capacity = 8
    private let entries = Mutex<[Entry]>([])

    /// The plan for input types; made if it is not there.
    func plan(for types: [String: TensorType], make: () throws(NetworkError) -> Plan) throws(NetworkError) -> Plan {
        if let known = entries.withLock({ $0.first { $0.types == types }?.plan }) { return known }
        let plan = try make()
        entries.withLock { entries in
            if entries.count == PlanCache.capacity { entries.removeFirst() }
            entries.append(Entry(types: types, plan: plan))
        }
        return plan
    }
}
