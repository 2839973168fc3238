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

    /// Positions tried times the inputs of all steps, of all outputs and axes together: a fraction of a second.
    private static let largestWork = 8_000_000

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
        var budget = ReachAnalysis.largestWork
        return try graph.outputs.map { (output) throws(NetworkError) in try reach(of: output, budget: &budget) }
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
    private func reach(of output: Int, budget: inout Int) throws(NetworkError) -> Reach {
        guard image != nil else { return Reach(axes: [], wholeImageOperators: []) }
        let links = plan.steps.reduce(0) { $0 + graph.steps[$1].inputs.count + graph.steps[$1].outputs.count }
        try spend(links, of: &budget, "the network has too many outputs")
        let steps = upstream(of: output)
        var whole = steps.compactMap { problems[$0] }
        var axes: [Reach.AxisReach] = []
        for axis in imageShape.indices.dropFirst(2) {
            guard let scale = marks[output]?.compactMap(\.self).first(where: { $0.imageAxis == axis })?.scale else {
                if whole.isEmpty { whole.append("no axis of the output follows axis \(axis) of the image") }
                axes.append(Reach.AxisReach(stride: 1, before: imageShape[axis], after: imageShape[axis], scale: .one))
                continue
            }
            let tooLarge = "the network's stride along axis \(axis) is too large"
            guard let stride = stride(of: axis, output: output, steps: steps) else {
                throw NetworkError(.limit, "\(tooLarge) to be analysed")
            }
            let (positions, overflow) = (stride / scale.denominator).multipliedReportingOverflow(by: scale.numerator)
            let walk = ReachWalk(values: graph.valueCount, steps: transitions(along: axis, steps: steps), inputs: graph.inputs)
            let (work, isHuge) = max(1, positions).multipliedReportingOverflow(by: max(1, walk.links))
            guard !overflow, !isHuge else { throw NetworkError(.limit, "\(tooLarge) to be analysed") }
            try spend(work, of: &budget, tooLarge)
            axes.append(reach(of: output, walk: walk, stride: stride, positions: positions, scale: scale))
        }
        return Reach(axes: axes, wholeImageOperators: whole)
    }

    private func spend(_ work: Int, of budget: inout Int, _ reason: String) throws(NetworkError) {
        budget -= min(work, ReachAnalysis.largestWork + 1)
        guard budget >= 0 else { throw NetworkError(.limit, "\(reason) to be analysed: more than \(ReachAnalysis.largestWork) steps") }
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

    private func reach(of output: Int, walk: ReachWalk, stride: Int, positions: Int, scale: Ratio) -> Reach.AxisReach {
        var before = 0, after = 0, haloBefore = 0, haloAfter = 0, walk = walk
        for position in 0..<max(1, positions) {
            guard let range = walk.read(by: position, of: output) else { continue }
            let place = floorDivide(position * scale.denominator, scale.numerator)
            before = max(before, place - range.lowerBound)
            after = max(after, range.upperBound - place)
            haloBefore = max(haloBefore, -range.lowerBound)
            haloAfter = max(haloAfter, range.upperBound - (stride - 1))
        }
        return Reach.AxisReach(
            stride: stride, before: before, after: after, haloBefore: haloBefore, haloAfter: haloAfter, scale: scale)
    }

    /// What each step reads along one axis of the image, in the order of `steps`.
    private func transitions(along axis: Int, steps: [Int]) -> [ReachWalk.Step] {
        steps.compactMap { position in
            let step = graph.steps[plan.steps[position]], results = step.outputs.compactMap(\.self)
            guard let target = results.first.flatMap({ marks[$0] })?.firstIndex(where: { $0?.imageAxis == axis }) else { return nil }
            var reads: [ReachWalk.Read] = []
            for (index, value) in step.inputs.enumerated() {
                guard let value, let own = marks[value] else { continue }
                for (inputAxis, view) in views[position][index].enumerated() where own[inputAxis]?.imageAxis == axis {
                    switch view {
                    case .same(target): reads.append(ReachWalk.Read(value: value, window: nil))
                    case .window(target, let window): reads.append(ReachWalk.Read(value: value, window: window))
                    default: continue
                    }
                }
            }
            return ReachWalk.Step(results: results, reads: reads)
        }
    }
}
