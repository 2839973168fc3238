/// Finds how far each output of a graph sees, by following ranges of positions from the outputs back to the image.
///
/// Forward, each axis of each value is marked with the image axis that it follows and its scale, and an operator that sees a
/// marked axis as a whole is noted. Backward, the range that one output position reads is followed through every operator on
/// an axis without ends, for all positions within one stride.
struct ReachAnalysis {
    private let graph: CompiledGraph
    private let plan: Plan
    /// The value of the image: the first input with spatial axes.
    private let image: Int?
    private var marks: [Int: [Mark?]] = [:]
    /// Views of each planned step's inputs, and what makes it see the whole image.
    private var views: [[[AxisView]]] = []
    private var problems: [String?] = []

    /// Positions tried times steps; beyond it an analysis would take minutes.
    private static let largestWork = 50_000_000

    /// What an axis of a value has to do with an axis of the image.
    private struct Mark {
        let imageAxis: Int
        /// Positions of this axis for one of the image.
        let scale: Ratio
    }

    init(graph: CompiledGraph, plan: Plan) {
        self.graph = graph
        self.plan = plan
        image = graph.inputs.first { (plan.types[$0]?.shape.count ?? 0) >= 3 }
        markInputs()
        for index in plan.steps { markResults(of: graph.steps[index]) }
    }

    /// The reach of each output, in the order of the graph's outputs; without an image input there are no axes.
    func reaches() throws(NetworkError) -> [Reach] {
        try graph.outputs.map { (output) throws(NetworkError) in try reach(of: output) }
    }

    private var imageShape: [Int] { image.flatMap { plan.types[$0]?.shape } ?? [] }
}

// MARK: - Forward

extension ReachAnalysis {
    private mutating func markInputs() {
        for value in graph.inputs {
            guard let shape = plan.types[value]?.shape, shape.count == imageShape.count else { continue }
            marks[value] = shape.indices.map { axis in
                guard axis >= 2, let scale = Ratio(shape[axis], imageShape[axis]) else { return nil }
                return Mark(imageAxis: axis, scale: scale)
            }
        }
    }

    private mutating func markResults(of step: CompiledGraph.Step) {
        let signatures = step.inputs.map { value in value.flatMap { signature($0) } }
        let outputs = step.outputs.map { $0.flatMap { plan.types[$0] } ?? TensorType(shape: [], elementType: .float32) }
        var views = step.inputs.indices.map { step.operation.views(of: $0, inputs: signatures, outputs: outputs) }
        if let convolution = step.operation as? Convolution, let result = step.outputs[0], plan.blocks?.values[result] != nil {
            views[0] = convolution.blockedViews(views[0])
        }
        var problem: String?
        var result = (outputs.first?.shape ?? []).map { _ in Mark?.none }
        for (index, value) in step.inputs.enumerated() {
            guard let value else { continue }
            for (axis, view) in views[index].enumerated() {
                let mark = marks[value]?[axis]
                switch view {
                case .detached: continue
                case .whole: if mark != nil { problem = problem ?? "" }
                case .same(let target): ReachAnalysis.join(mark, at: target, &result, &problem)
                case .window(let target, let window):
                    let scaled = mark.flatMap { mark in
                        mark.scale.multiplied(by: window.scale).map { Mark(imageAxis: mark.imageAxis, scale: $0) }
                    }
                    ReachAnalysis.join(scaled, at: target, &result, &problem)
                }
            }
        }
        // A constant that varies along the image ties the result to the place.
        for (index, value) in step.inputs.enumerated() where problem == nil {
            guard let value, marks[value] == nil, let shape = plan.types[value]?.shape else { continue }
            for (axis, view) in views[index].enumerated() where shape[axis] > 1 {
                switch view {
                case .same(let target), .window(let target, _):
                    if target < result.count, result[target] != nil { problem = "a constant varies along the image" }
                case .whole, .detached: continue
                }
            }
        }
        if result.contains(where: { $0 != nil }) {
            for case let value? in step.outputs { marks[value] = result }
        }
        self.views.append(views)
        problems.append(problem.map { "\(step.node.name) (\(step.node.operatorType))\($0.isEmpty ? "" : ": " + $0)" })
    }

    private static func join(_ mark: Mark?, at target: Int, _ result: inout [Mark?], _ problem: inout String?) {
        guard let mark, target < result.count else { return }
        if let other = result[target] {
            if other.imageAxis != mark.imageAxis { problem = "axes of the image are mixed" }
            if other.scale != mark.scale { problem = "inputs of different scales meet (\(other.scale), \(mark.scale))" }
        }
        result[target] = mark
    }

    private func signature(_ value: Int) -> Signature? {
        (graph.constants[value] ?? plan.values[value]).map { Signature($0) } ?? plan.types[value].map { Signature(type: $0) }
    }
}

// MARK: - Backward

extension ReachAnalysis {
    private func reach(of output: Int) throws(NetworkError) -> Reach {
        guard image != nil else { return Reach(axes: [], wholeImageOperators: []) }
        let steps = upstream(of: output)
        var whole = steps.compactMap { problems[$0] }
        var axes: [Reach.AxisReach] = []
        for axis in imageShape.indices.dropFirst(2) {
            guard let scale = marks[output]?.compactMap(\.self).first(where: { $0.imageAxis == axis })?.scale else {
                if whole.isEmpty { whole.append("no axis of the output follows axis \(axis) of the image") }
                axes.append(Reach.AxisReach(stride: 1, before: imageShape[axis], after: imageShape[axis], scale: .one))
                continue
            }
            guard let stride = stride(of: axis, output: output, steps: steps), stride <= ReachAnalysis.largestWork / max(1, steps.count)
            else {
                throw NetworkError(.limit, "the network's stride along axis \(axis) is too large to be analysed")
            }
            axes.append(try reach(along: axis, output: output, steps: steps, stride: stride, scale: scale))
        }
        return Reach(axes: axes, wholeImageOperators: whole)
    }

    /// The planned steps on which an output depends, as positions in the plan, last first.
    private func upstream(of output: Int) -> [Int] {
        var needed: Set<Int> = [output]
        var result: [Int] = []
        for position in plan.steps.indices.reversed() {
            let step = graph.steps[plan.steps[position]]
            guard step.outputs.contains(where: { $0.map { needed.contains($0) } ?? false }) else { continue }
            needed.formUnion(step.inputs.compactMap(\.self))
            result.append(position)
        }
        return result
    }

    /// The least number of image pixels at which every value on the way has a whole position.
    private func stride(of axis: Int, output: Int, steps: [Int]) -> Int? {
        var stride = 1
        for position in steps {
            let step = graph.steps[plan.steps[position]]
            for case let value? in step.inputs + step.outputs {
                for case let mark? in marks[value] ?? [] where mark.imageAxis == axis {
                    guard let common = ReachAnalysis.commonMultiple(stride, mark.scale.denominator) else { return nil }
                    stride = common
                }
            }
            // Positions in a group of `grid` must keep their places too.
            guard let result = step.outputs.first ?? nil, let own = marks[result] else { continue }
            for case .window(let target, let window) in views[position].joined() where window.grid > 1 {
                guard let mark = own[target], mark.imageAxis == axis else { continue }
                let grid = window.grid / greatestCommonDivisor(window.grid, mark.scale.numerator)
                guard let common = ReachAnalysis.commonMultiple(stride, mark.scale.denominator * grid) else { return nil }
                stride = common
            }
        }
        return stride
    }

    private static func commonMultiple(_ first: Int, _ second: Int) -> Int? {
        let (product, overflow) = (first / greatestCommonDivisor(first, second)).multipliedReportingOverflow(by: second)
        return overflow ? nil : product
    }

    private func reach(
        along axis: Int, output: Int, steps: [Int], stride: Int, scale: Ratio
    ) throws(NetworkError) -> Reach.AxisReach {
        var before = 0, after = 0, haloBefore = 0, haloAfter = 0
        let (positions, overflow) = (stride / scale.denominator).multipliedReportingOverflow(by: scale.numerator)
        guard !overflow, positions <= ReachAnalysis.largestWork / max(1, steps.count) else {
            throw NetworkError(.limit, "the network's stride along axis \(axis) is too large to be analysed")
        }
        for position in 0..<max(1, positions) {
            guard let range = read(by: position, of: output, along: axis, steps: steps) else { continue }
            let place = floorDivide(position * scale.denominator, scale.numerator)
            before = max(before, place - range.lowerBound)
            after = max(after, range.upperBound - place)
            haloBefore = max(haloBefore, -range.lowerBound)
            haloAfter = max(haloAfter, range.upperBound - (stride - 1))
        }
        return Reach.AxisReach(
            stride: stride, before: before, after: after, haloBefore: haloBefore, haloAfter: haloAfter, scale: scale)
    }

    /// The pixels of the image (of any input with its axes) that one output position reads along an axis.
    private func read(by position: Int, of output: Int, along axis: Int, steps: [Int]) -> ClosedRange<Int>? {
        var ranges = [output: position...position]
        for step in steps {
            let node = graph.steps[plan.steps[step]]
            guard let result = node.outputs.compactMap(\.self).first(where: { ranges[$0] != nil }), let range = ranges[result],
                let target = marks[result]?.firstIndex(where: { $0?.imageAxis == axis })
            else { continue }
            for (index, value) in node.inputs.enumerated() {
                guard let value, let own = marks[value] else { continue }
                for (inputAxis, view) in views[step][index].enumerated() where own[inputAxis]?.imageAxis == axis {
                    let seen: ClosedRange<Int>
                    switch view {
                    case .same(target): seen = range
                    case .window(target, let window): seen = window.read(range)
                    default: continue
                    }
                    ranges[value] = ranges[value].map { min($0.lowerBound, seen.lowerBound)...max($0.upperBound, seen.upperBound) } ?? seen
                }
            }
        }
        return graph.inputs.compactMap { ranges[$0] }.reduce(nil) { known, range in
            known.map { min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound) } ?? range
        }
    }
}
