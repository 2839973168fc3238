/// Puts nodes into an order in which every value is produced before it is read.
enum ExecutionOrder {
    /// The steps in the file's order as far as that is possible; a cycle is an error.
    static func sorted(_ steps: [CompiledGraph.Step], valueCount: Int) throws(NetworkError) -> [CompiledGraph.Step] {
        var producer = [Int](repeating: -1, count: valueCount)
        for (index, step) in steps.enumerated() {
            for case let value? in step.outputs { producer[value] = index }
        }
        var waiting = [Int](repeating: 0, count: steps.count)
        var readers = [[Int]](repeating: [], count: steps.count)
        for (index, step) in steps.enumerated() {
            for case let value? in step.inputs where producer[value] >= 0 {
                waiting[index] += 1
                readers[producer[value]].append(index)
            }
        }
        var ready = steps.indices.filter { waiting[$0] == 0 }
        var sorted: [CompiledGraph.Step] = []
        sorted.reserveCapacity(steps.count)
        var next = 0
        while next < ready.count {
            let index = ready[next]
            next += 1
            sorted.append(steps[index])
            for reader in readers[index] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        guard let first = waiting.firstIndex(where: { $0 > 0 }) else { return sorted }
        throw steps[first].node.error(
            .graph, "the graph has a cycle through or before this node; a network must run from inputs to outputs")
    }
}
