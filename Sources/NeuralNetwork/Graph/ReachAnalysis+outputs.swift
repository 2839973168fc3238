/// From the outputs back to the image.
extension ReachAnalysis {
    /// Positions tried times the inputs of all steps, of all outputs and axes together: a fraction of a second.
    private static let largestWork = 8_000_000

    /// The reach of each output, in the order of the graph's outputs; without an image input there are no axes.
    func reaches() throws(NetworkError) -> [Reach] {
        guard hasImage else { return graph.outputs.map { _ in Reach(axes: [], outputAxes: [], wholeImageOperators: []) } }
        var budget = ReachAnalysis.largestWork, upstream = Upstream(graph, plan)
        var lines = imageShape.indices.map { ReachLine(of: self, along: $0) }
        return try graph.outputs.map { (output) throws(NetworkError) in
            try spend(upstream.links, of: &budget, "the network has too many outputs")
            return try reach(of: output, through: upstream.steps(of: output), along: &lines, budget: &budget)
        }
    }

    private func reach(
        of output: Int, through steps: [Int], along lines: inout [ReachLine], budget: inout Int
    ) throws(NetworkError) -> Reach {
        var whole = steps.flatMap { names(at: $0) }
        var axes: [Reach.AxisReach] = []
        for axis in imageShape.indices {
            var operators = steps.compactMap { name(at: $0, seeing: axis) }
            guard let place = place(of: output, along: axis), !isMerged(axis, in: output) else {
                let reason = mergingStep(axis, steps) ?? "no axis of the output follows axis \(tensorAxis(axis)) of the image"
                if whole.isEmpty { whole.append(reason) }
                if operators.isEmpty { operators.append(reason) }
                let extent = imageShape[axis]
                axes.append(Reach.AxisReach(stride: 1, before: extent, after: extent, scale: .one, wholeOperators: operators))
                continue
            }
            let tooLarge = "the network's stride along axis \(tensorAxis(axis)) is too large"
            guard let stride = lines[axis].stride(of: steps), let alignment = ReachAnalysis.commonMultiple(stride, periods[axis]) else {
                throw NetworkError(.limit, "\(tooLarge) to be analysed")
            }
            let (positions, overflow) = (stride / place.scale.denominator).multipliedReportingOverflow(by: place.scale.numerator)
            let (work, isHuge) = max(1, positions).multipliedReportingOverflow(by: max(1, lines[axis].walk.links(of: steps)))
            guard !overflow, !isHuge else { throw NetworkError(.limit, "\(tooLarge) to be analysed") }
            try spend(work, of: &budget, tooLarge)
            axes.append(
                reach(
                    of: output, through: steps, walk: &lines[axis].walk, stride: stride, alignment: alignment, positions: positions, place,
                    operators, unsteadySteps[axis]))
        }
        let followed = imageShape.indices.map { axis in marks[output]?.firstIndex { $0.count == 1 && $0[0].imageAxis == axis } }
        return Reach(axes: axes, outputAxes: followed, wholeImageOperators: whole)
    }

    /// Whether a value has an axis of the image only merged with others.
    private func isMerged(_ axis: Int, in value: Int) -> Bool {
        marks[value]?.contains { $0.count > 1 && $0.contains { $0.imageAxis == axis } } ?? false
    }

    /// The last of some steps, given as positions in the plan, that merges an axis of the image with others, with the reason.
    private func mergingStep(_ axis: Int, _ steps: [Int]) -> String? {
        let position = steps.first { position in
            reshapedReads[position] != nil && (graph.steps[plan.steps[position]].firstResult.map { isMerged(axis, in: $0) } ?? false)
        }
        guard let node = position.map({ graph.steps[plan.steps[$0]].node }) else { return nil }
        return "\(node.name) (\(node.operatorType)): axes of the image are merged in the output"
    }

    private func spend(_ work: Int, of budget: inout Int, _ reason: String) throws(NetworkError) {
        budget -= min(work, ReachAnalysis.largestWork + 1)
        guard budget >= 0 else { throw NetworkError(.limit, "\(reason) to be analysed: more than \(ReachAnalysis.largestWork) steps") }
    }

    /// What is known of one axis.
    ///
    /// - Parameters:
    ///   - stride: the pixels after which positions see the same around them.
    ///   - alignment: a multiple of it at which tiles begin and end.
    private func reach(
        of output: Int, through steps: [Int], walk: inout ReachWalk, stride: Int, alignment: Int, positions: Int,
        _ place: ReachWalk.Place, _ wholeOperators: [String], _ unsteadyStep: String?
    ) -> Reach.AxisReach {
        let scale = place.scale
        let missing = place.image - ceilDivide(place.extent * scale.denominator, scale.numerator)
        var before = 0, after = 0, haloBefore = 0, haloAfter = 0, origin = floorDivide(missing, 2)
        var firstMiddle: Double?
        if let first = walk.read(by: 0, of: output, through: steps)?.seen {
            let middle = Double(first.lowerBound + first.upperBound) / 2
            // One position in a stride: all see the same around them. What is as large as the image lies where the image does.
            if positions <= 1, missing != 0 || scale.numerator < scale.denominator {
                firstMiddle = middle
                let begin = middle - (Double(scale.denominator) / Double(scale.numerator) - 1) / 2
                if missing != 0, abs(begin - Double(origin)) > 0.5 { origin = Int(begin.rounded()) }
            } else if !(first.lowerBound...first.upperBound).contains(origin) {
                origin = floorDivide(first.lowerBound + first.upperBound, 2)
            }
        }
        for position in 0..<max(1, positions) {
            guard let sight = walk.read(by: position, of: output, through: steps) else { continue }
            let own = origin + floorDivide(position * scale.denominator, scale.numerator)
            before = max(before, own - sight.seen.lowerBound)
            after = max(after, sight.seen.upperBound - own)
            haloBefore = max(haloBefore, -sight.needed.lowerBound)
            haloAfter = max(haloAfter, sight.needed.upperBound - (stride - 1))
        }
        return Reach.AxisReach(
            stride: alignment, before: before, after: after, haloBefore: haloBefore, haloAfter: haloAfter, scale: scale, missing: missing,
            origin: origin, firstMiddle: firstMiddle, wholeOperators: wholeOperators, unsteadyStep: unsteadyStep)
    }
}

/// Finds the planned steps on which an output depends.
private struct Upstream {
    private let inputs, outputs: [[Int]]
    /// For each value the search that reached it last.
    private var searches: [Int]
    private var search = 0

    /// The inputs and outputs of all steps: what one search costs at most.
    let links: Int

    init(_ graph: CompiledGraph, _ plan: Plan) {
        inputs = plan.steps.map { graph.steps[$0].inputs.compactMap(\.self) }
        outputs = plan.steps.map { graph.steps[$0].outputs.compactMap(\.self) }
        links = plan.steps.reduce(0) { $0 + graph.steps[$1].inputs.count + graph.steps[$1].outputs.count }
        searches = [Int](repeating: 0, count: graph.valueCount)
    }

    /// The steps as positions in the plan, last first.
    mutating func steps(of output: Int) -> [Int] {
        search += 1
        searches[output] = search
        var result: [Int] = []
        for position in outputs.indices.reversed() {
            guard outputs[position].contains(where: { searches[$0] == search }) else { continue }
            for value in inputs[position] { searches[value] = search }
            result.append(position)
        }
        return result
    }
}
