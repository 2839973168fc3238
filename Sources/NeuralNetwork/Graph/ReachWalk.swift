/// Follows the range of positions that one output position reads, along one axis, back to the inputs of a graph.
struct ReachWalk {
    /// What a step reads of one input for a range of its results: the same range, or what a window says.
    struct Read {
        let value: Int
        let window: AxisWindow?
    }

    /// One step, the last of the graph first.
    struct Step {
        let results: [Int]
        let reads: [Read]
    }

    private let steps: [Step]
    private let inputs: [Int]
    /// The range of each value that this walk has reached, and the walk that did.
    private var ranges: [ClosedRange<Int>]
    private var walks: [Int]
    private var walk = 0

    init(values: Int, steps: [Step], inputs: [Int]) {
        self.steps = steps
        self.inputs = inputs
        ranges = [ClosedRange<Int>](repeating: 0...0, count: values)
        walks = [Int](repeating: 0, count: values)
    }

    /// What one walk costs: the inputs and outputs of all steps.
    var links: Int { steps.reduce(inputs.count) { $0 + $1.results.count + $1.reads.count } }

    /// The positions of any input that one position of a value reads; `nil` if it reads none.
    mutating func read(by position: Int, of value: Int) -> ClosedRange<Int>? {
        walk += 1
        join(position...position, to: value)
        for step in steps {
            guard let range = union(of: step.results) else { continue }
            for read in step.reads { join(read.window?.read(range) ?? range, to: read.value) }
        }
        return union(of: inputs)
    }

    /// Beyond every extent; clamped to it, positions can be multiplied by any stride.
    private static let farthest = 1 << 31

    private mutating func join(_ range: ClosedRange<Int>, to value: Int) {
        let range = range.clamped(to: -ReachWalk.farthest...ReachWalk.farthest)
        ranges[value] = walks[value] == walk ? ReachWalk.union(ranges[value], range) : range
        walks[value] = walk
    }

    private func union(of values: [Int]) -> ClosedRange<Int>? {
        var result: ClosedRange<Int>?
        for value in values where walks[value] == walk { result = result.map { ReachWalk.union($0, ranges[value]) } ?? ranges[value] }
        return result
    }

    private static func union(_ first: ClosedRange<Int>, _ second: ClosedRange<Int>) -> ClosedRange<Int> {
        min(first.lowerBound, second.lowerBound)...max(first.upperBound, second.upperBound)
    }
}
