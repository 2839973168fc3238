/// The most bytes of values that are held at one time while steps run one after another.
struct WidestCut {
    /// The bytes, inputs and what nodes hold inside included; saturating, since each tensor is within the limits, but there may be many.
    private(set) var bytes: Int
    /// The step at which it is; `nil` for the inputs alone.
    private(set) var step: Int?

    /// - Parameters:
    ///   - releases: for each of `steps` the values that nobody reads after it.
    ///   - innerBytes: what steps hold beside their inputs and results, by their first result.
    ///   - isCounted: whether a value has memory of its own.
    init(
        _ graph: CompiledGraph, steps: [Int], releases: [[Int]], types: [TensorType?], innerBytes: [Int: Int],
        isCounted: (_ value: Int) -> Bool = { _ in true }
    ) {
        func sum(_ first: Int, _ second: Int) -> Int {
            let (sum, overflow) = first.addingReportingOverflow(second)
            return overflow ? .max : sum
        }
        func bytes(_ value: Int) -> Int { isCounted(value) ? types[value]?.byteCount ?? 0 : 0 }
        let inputs = Set(graph.inputs)
        var held = graph.inputs.reduce(0) { sum($0, bytes($1)) }
        self.bytes = held
        for (index, released) in zip(steps, releases) {
            for case let value? in graph.steps[index].outputs { held = sum(held, bytes(value)) }
            let own = sum(held, graph.steps[index].firstResult.flatMap { innerBytes[$0] } ?? 0)
            if own > self.bytes { (self.bytes, step) = (own, index) }
            guard held < .max else { return }
            // The caller keeps the inputs.
            for value in released where !inputs.contains(value) { held -= bytes(value) }
        }
    }
}
