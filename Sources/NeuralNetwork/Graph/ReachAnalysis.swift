/// Finds how far each output of a graph sees, by following ranges of positions from the outputs back to the image.
///
/// Forward, each axis of each value is marked with the image axis that it follows and its scale, and an operator that sees a
/// marked axis as a whole is noted. Backward, the range that one output position reads is followed through every operator on
/// an axis without ends, for all positions within one stride.
struct ReachAnalysis {
    let graph: CompiledGraph
    let plan: Plan
    /// The value of the image: the first input that has its axes.
    private let image: Int?
    /// For each input that has the axes of the image, which of its tensor axes they are.
    private let imageAxes: [Int: [Int]]
    private var marks: [Int: [Mark?]] = [:]
    /// Views of each planned step's inputs, and what makes it see the whole image.
    private var views: [[[AxisView]]] = []
    private(set) var problems: [String?] = []
    /// The axes of the image that each planned step sees as a whole.
    private var wholeAxes: [Set<Int>] = []

    /// Positions tried times the inputs of all steps, of all outputs and axes together: a fraction of a second.
    private static let largestWork = 8_000_000

    /// What an axis of a value has to do with an axis of the image.
    private struct Mark {
        let imageAxis: Int
        /// Positions of this axis for one of the image.
        let scale: Ratio
    }

    /// - Parameter imageAxes: the tensor axes of inputs that are the axes of the image; `nil` for all from the third on.
    init(graph: CompiledGraph, plan: Plan, imageAxes: [Int: [Int]]? = nil) {
        self.graph = graph
        self.plan = plan
        self.imageAxes = imageAxes ?? ReachAnalysis.axesBehindChannels(graph, plan)
        let known = self.imageAxes
        image = graph.inputs.first { known[$0] != nil }
        markInputs()
        for index in plan.steps { markResults(of: graph.steps[index]) }
    }

    /// The reach of each output, in the order of the graph's outputs; without an image input there are no axes.
    func reaches() throws(NetworkError) -> [Reach] {
        var budget = ReachAnalysis.largestWork
        return try graph.outputs.map { (output) throws(NetworkError) in try reach(of: output, budget: &budget) }
    }

    /// The extents of the image.
    var imageShape: [Int] {
        guard let image, let shape = plan.types[image]?.shape, let axes = imageAxes[image] else { return [] }
        return axes.map { shape[$0] }
    }

    /// The axes from the third on of the first input that has some, and of inputs with as many axes.
    private static func axesBehindChannels(_ graph: CompiledGraph, _ plan: Plan) -> [Int: [Int]] {
        let ranks = graph.inputs.map { plan.types[$0]?.shape.count ?? 0 }
        guard let rank = ranks.first(where: { $0 >= 3 }) else { return [:] }
        var axes: [Int: [Int]] = [:]
        for (value, own) in zip(graph.inputs, ranks) where own == rank { axes[value] = Array(2..<rank) }
        return axes
    }
}

// MARK: - Forward

extension ReachAnalysis {
    private mutating func markInputs() {
        for value in graph.inputs {
            guard let shape = plan.types[value]?.shape, let axes = imageAxes[value], axes.count == imageShape.count else { continue }
            var own = shape.map { _ in Mark?.none }
            for (imageAxis, axis) in axes.enumerated() {
                own[axis] = Ratio(shape[axis], imageShape[imageAxis]).map { Mark(imageAxis: imageAxis, scale: $0) }
            }
            marks[value] = own
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
        var own: Set<Int> = []
        var result = (outputs.first?.shape ?? []).map { _ in Mark?.none }
        for (index, value) in step.inputs.enumerated() {
            guard let value else { continue }
            for (axis, view) in views[index].enumerated() {
                let mark = marks[value]?[axis]
                switch view {
                case .detached: continue
                case .whole:
                    guard let mark else { continue }
                    problem = problem ?? ""
                    own.insert(mark.imageAxis)
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
        wholeAxes.append(problem.map { $0.isEmpty } ?? true ? own : Set(imageShape.indices))
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
        guard image != nil else { return Reach(axes: [], outputAxes: [], wholeImageOperators: []) }
        let links = plan.steps.reduce(0) { $0 + graph.steps[$1].inputs.count + graph.steps[$1].outputs.count }
        try spend(links, of: &budget, "the network has too many outputs")
        let steps = upstream(of: output)
        var whole = steps.compactMap { problems[$0] }
        var axes: [Reach.AxisReach] = []
        for axis in imageShape.indices {
            guard let place = place(of: output, along: axis) else {
                if whole.isEmpty { whole.append("no axis of the output follows axis \(tensorAxis(axis)) of the image") }
                axes.append(Reach.AxisReach(stride: 1, before: imageShape[axis], after: imageShape[axis], scale: .one, isWhole: true))
                continue
            }
            let tooLarge = "the network's stride along axis \(tensorAxis(axis)) is too large"
            guard let stride = stride(of: axis, output: output, steps: steps) else {
                throw NetworkError(.limit, "\(tooLarge) to be analysed")
            }
            let (positions, overflow) = (stride / place.scale.denominator).multipliedReportingOverflow(by: place.scale.numerator)
            let inputs = graph.inputs.compactMap { value in self.place(of: value, along: axis).map { (value: value, place: $0) } }
            let walk = ReachWalk(values: graph.valueCount, steps: transitions(along: axis, steps: steps), inputs: inputs)
            let (work, isHuge) = max(1, positions).multipliedReportingOverflow(by: max(1, walk.links))
            guard !overflow, !isHuge else { throw NetworkError(.limit, "\(tooLarge) to be analysed") }
            try spend(work, of: &budget, tooLarge)
            let isWhole = steps.contains { wholeAxes[$0].contains(axis) }
            axes.append(reach(of: output, walk: walk, stride: stride, positions: positions, place, isWhole: isWhole))
        }
        let followed = imageShape.indices.map { axis in marks[output]?.firstIndex { $0?.imageAxis == axis } }
        return Reach(axes: axes, outputAxes: followed, wholeImageOperators: whole)
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

    private func reach(
        of output: Int, walk: ReachWalk, stride: Int, positions: Int, _ place: ReachWalk.Place, isWhole: Bool
    ) -> Reach.AxisReach {
        let scale = place.scale
        let missing = place.image - ceilDivide(place.extent * scale.denominator, scale.numerator), origin = floorDivide(missing, 2)
        var before = 0, after = 0, haloBefore = 0, haloAfter = 0, firstPlace = origin, walk = walk
        var firstMiddle: Double?
        for position in 0..<max(1, positions) {
            guard let sight = walk.read(by: position, of: output) else { continue }
            let own = origin + floorDivide(position * scale.denominator, scale.numerator)
            if position == 0, !(sight.seen.lowerBound...sight.seen.upperBound).contains(own) {
                firstPlace = floorDivide(sight.seen.lowerBound + sight.seen.upperBound, 2)
            }
            // One position in a stride: all see the same around them. What is as large as the image lies where the image does.
            if positions <= 1, missing != 0 || scale.numerator < scale.denominator {
                firstMiddle = Double(sight.seen.lowerBound + sight.seen.upperBound) / 2
            }
            before = max(before, own - sight.seen.lowerBound)
            after = max(after, sight.seen.upperBound - own)
            haloBefore = max(haloBefore, -sight.needed.lowerBound)
            haloAfter = max(haloAfter, sight.needed.upperBound - (stride - 1))
        }
        return Reach.AxisReach(
            stride: stride, before: before, after: after, haloBefore: haloBefore, haloAfter: haloAfter, scale: scale, missing: missing,
            firstPlace: firstPlace, firstMiddle: firstMiddle, isWhole: isWhole)
    }

    /// The number of a tensor axis of the image, for messages.
    private func tensorAxis(_ axis: Int) -> Int { image.flatMap { imageAxes[$0]?[axis] } ?? axis }

    /// Where a value lies along an axis of the image; `nil` if it does not follow it.
    func place(of value: Int, along axis: Int) -> ReachWalk.Place? {
        guard let own = marks[value], let shape = plan.types[value]?.shape,
            let index = own.firstIndex(where: { $0?.imageAxis == axis }), let mark = own[index]
        else { return nil }
        return ReachWalk.Place(scale: mark.scale, extent: shape[index], image: imageShape[axis])
    }

    /// What each step reads along one axis of the image, in the order of `steps`.
    private func transitions(along axis: Int, steps: [Int]) -> [ReachWalk.Step] {
        steps.compactMap { position in
            let step = graph.steps[plan.steps[position]], results = step.outputs.compactMap(\.self)
            guard let place = results.first.flatMap({ place(of: $0, along: axis) }) else { return nil }
            return ReachWalk.Step(results: results, place: place, reads: reads(of: step, at: position, along: axis))
        }
    }

    /// What a step reads along one axis of the image.
    func reads(of step: CompiledGraph.Step, at position: Int, along axis: Int) -> [ReachWalk.Read] {
        let result = step.outputs.compactMap(\.self).first
        guard let target = result.flatMap({ marks[$0] })?.firstIndex(where: { $0?.imageAxis == axis }) else { return [] }
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
        return reads
    }
}
