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
    let imageAxes: [Int: [Int]]
    /// The extents of the image.
    let imageShape: [Int]
    /// For each value that follows the image, what each of its axes has to do with those of the image: nothing, or one mark; several where
    /// axes of the image are merged, so that all their places lie in a row.
    private(set) var marks: [Int: [[Mark]]] = [:]
    /// By axis of the image the pixels of whose multiples the extents of tiles may differ, where strides do not say it; 1 where they do.
    var periods: [Int]
    /// By axis of the image a step that lies otherwise in images that are larger by whole strides, with the reason, where that does not
    /// repeat; `nil` where there is none.
    var unsteadySteps: [String?]
    /// Views of each planned step's inputs.
    private(set) var views: [[[AxisView]]] = []
    /// The axes of the image that each planned step sees as a whole, with the reason; it is empty where that is the operator's nature.
    private(set) var wholeAxes: [[Int: String]] = []
    /// For values that do not follow the image, the axes along which all their elements are the same though there are several: a number,
    /// such as a mean, that was spread to the image's extents.
    private var uniformAxes: [Int: Set<Int>] = [:]

    /// By planned step that reshapes what is read along axes of the image, where these are other positions.
    private(set) var reshapedReads: [Int: [Int: AxisWindow]] = [:]

    /// What an axis of a value, or a part of it, has to do with an axis of the image.
    struct Mark: Equatable {
        let imageAxis: Int
        /// Positions of this axis for one of the image.
        let scale: Ratio
        /// The number of positions.
        let extent: Int
    }

    /// - Parameter imageAxes: the tensor axes of inputs that are the axes of the image; `nil` for all from the third on.
    init(graph: CompiledGraph, plan: Plan, imageAxes: [Int: [Int]]? = nil) {
        self.init(inputsOf: graph, plan: plan, imageAxes: imageAxes)
        for index in plan.steps { mark(graph.steps[index]) }
    }

    /// The same with the inputs alone, for steps that are marked one by one.
    init(inputsOf graph: CompiledGraph, plan: Plan, imageAxes: [Int: [Int]]? = nil) {
        self.graph = graph
        self.plan = plan
        self.imageAxes = imageAxes ?? ReachAnalysis.axesBehindChannels(graph, plan)
        let known = self.imageAxes
        image = graph.inputs.first { known[$0] != nil }
        imageShape = image.flatMap { image in plan.types[image].flatMap { type in known[image]?.map { type.shape[$0] } } } ?? []
        periods = imageShape.map { _ in 1 }
        unsteadySteps = imageShape.map { _ in nil }
        markInputs()
        // What a plan knows needs no step.
        for step in graph.steps where step.firstResult.map({ plan.values[$0] != nil }) ?? false { noteUniformAxes(of: step) }
    }

    /// Whether an input has the axes of the image.
    var hasImage: Bool { image != nil }

    /// Notes that steps, given as positions in the plan, see axes of the image as a whole, unless they are known to do.
    mutating func note(_ reason: String, at positions: [Int], along axes: [Int]) {
        for position in positions {
            for axis in axes { wholeAxes[position][axis] = wholeAxes[position][axis] ?? reason }
        }
    }

    /// The number of a tensor axis of the image, for messages.
    func tensorAxis(_ axis: Int) -> Int { image.flatMap { imageAxes[$0]?[axis] } ?? axis }

    /// The axes from the third on of the first input that has some, and of inputs with as many axes.
    private static func axesBehindChannels(_ graph: CompiledGraph, _ plan: Plan) -> [Int: [Int]] {
        let ranks = graph.inputs.map { plan.types[$0]?.shape.count ?? 0 }
        guard let rank = ranks.first(where: { $0 >= 3 }) else { return [:] }
        var axes: [Int: [Int]] = [:]
        for (value, own) in zip(graph.inputs, ranks) where own == rank { axes[value] = Array(2..<rank) }
        return axes
    }
}

extension ReachAnalysis {
    private mutating func markInputs() {
        for value in graph.inputs {
            guard let shape = plan.types[value]?.shape, let axes = imageAxes[value], axes.count == imageShape.count else { continue }
            var own = shape.map { _ in [Mark]() }
            for (imageAxis, axis) in axes.enumerated() {
                let scale = Ratio(shape[axis], imageShape[imageAxis])
                own[axis] = scale.map { [Mark(imageAxis: imageAxis, scale: $0, extent: shape[axis])] } ?? []
            }
            marks[value] = own
        }
    }

    /// Marks what the next step gives.
    mutating func mark(_ step: CompiledGraph.Step) {
        let signatures = signatures(of: step)
        let outputs = step.outputs.map { $0.flatMap { plan.types[$0] } ?? TensorType(shape: [], elementType: .float32) }
        if step.core is Reshaping, let value = step.inputs.first ?? nil, let own = marks[value], let shape = plan.types[value]?.shape {
            return mark(step, reshaping: shape, own, to: outputs[0].shape)
        }
        var views = step.inputs.indices.map { step.operation.views(of: $0, inputs: signatures, outputs: outputs) }
        if let convolution = step.operation as? Convolution, let result = step.outputs[0], let blocks = plan.blocks,
            blocks.values[result] != nil
        {
            views[0] = convolution.blockedViews(views[0], blocks.convolutions)
        }
        var whole: [Int: String] = [:]
        let extents = outputs.first?.shape ?? []
        var result = extents.map { _ in [Mark]() }
        for (index, value) in step.inputs.enumerated() {
            guard let value else { continue }
            for (axis, view) in views[index].enumerated() {
                guard let own = marks[value]?[axis], !own.isEmpty else { continue }
                var followed: [Mark] = []
                switch view {
                case .detached:
                    // One place that stands for all of an image of several is what the others see too.
                    guard signatures[index]?.shape[axis] == 1, own.contains(where: { imageShape[$0.imageAxis] > 1 }) else { continue }
                case .whole: break
                case .same(let target) where extents.indices.contains(target):
                    // Of merged axes a part is no range of places.
                    let keepsAll = outputs.allSatisfy {
                        $0.shape.indices.contains(target) && $0.shape[target] == signatures[index]?.shape[axis]
                    }
                    if own.count == 1 {
                        followed = [Mark(imageAxis: own[0].imageAxis, scale: own[0].scale, extent: extents[target])]
                    } else if keepsAll {
                        followed = own
                    }
                    ReachAnalysis.join(followed, at: target, &result, &whole)
                case .window(let target, let window) where own.count == 1 && extents.indices.contains(target):
                    // Beyond all scales nothing is followed any more.
                    let scale = own[0].scale.multiplied(by: window.scale)
                    followed = scale.map { [Mark(imageAxis: own[0].imageAxis, scale: $0, extent: extents[target])] } ?? []
                    ReachAnalysis.join(followed, at: target, &result, &whole)
                case .same, .window: break
                }
                if followed.isEmpty { for mark in own { whole[mark.imageAxis] = whole[mark.imageAxis] ?? "" } }
            }
        }
        // A constant that varies along the image ties the result to the place.
        for (index, value) in step.inputs.enumerated() {
            guard let value, marks[value] == nil, let shape = plan.types[value]?.shape else { continue }
            let uniform = uniformAxes[value] ?? []
            for (axis, view) in views[index].enumerated() where shape[axis] > 1 && !uniform.contains(axis) {
                switch view {
                case .same(let target), .window(let target, _):
                    guard target < result.count else { continue }
                    for mark in result[target] { whole[mark.imageAxis] = whole[mark.imageAxis] ?? "a constant varies along the image" }
                case .whole, .detached: continue
                }
            }
        }
        // What has an axis twice is as a table of all pairs of places.
        let all = result.flatMap(\.self)
        for mark in all where all.count(where: { $0.imageAxis == mark.imageAxis }) > 1 {
            whole[mark.imageAxis] = whole[mark.imageAxis] ?? "an axis of the image is there twice"
        }
        if !all.isEmpty {
            for case let value? in step.outputs { marks[value] = result }
        } else {
            noteUniformAxes(of: step)
        }
        self.views.append(views)
        wholeAxes.append(whole)
    }

    /// Marks the result of a step that gives the same elements another shape.
    private mutating func mark(_ step: CompiledGraph.Step, reshaping shape: [Int], _ own: [[Mark]], to result: [Int]) {
        let reshaped = ReshapedAxes(shape, own, to: result)
        if let value = step.firstResult, reshaped.marks.contains(where: { !$0.isEmpty }) { marks[value] = reshaped.marks }
        reshapedReads[views.count] = reshaped.windows
        views.append(step.inputs.map { value in value.map { (plan.types[$0]?.shape ?? []).map { _ in .detached } } ?? [] })
        // Of an image of one pixel nothing is lost.
        let whole = reshaped.wholeAxes.filter { imageShape[$0] > 1 }
        wholeAxes.append([Int: String](whole.map { ($0, "") }) { first, _ in first })
    }

    /// Notes the axes of a result that does not follow the image along which it is the same: those to which the step spreads a number, and
    /// those of functions of single values along which all that they read is the same.
    private mutating func noteUniformAxes(of step: CompiledGraph.Step) {
        guard let value = step.firstResult, let shape = plan.types[value]?.shape else { return }
        var uniform = spreadAxes(of: step, shape, signatures(of: step)), varying: Set<Int> = []
        for case let value? in ReachAnalysis.isElementwise(step) ? step.inputs : [] {
            guard let own = plan.types[value]?.shape else { continue }
            for axis in own.indices where own[axis] > 1 {
                let target = axis + shape.count - own.count, isUniform = uniformAxes[value]?.contains(axis) ?? false
                if isUniform { uniform.insert(target) } else { varying.insert(target) }
            }
        }
        uniform.subtract(varying)
        if !uniform.isEmpty { uniformAxes[value] = uniform }
    }

    /// Whether a step computes a function of single values, under the broadcasting of opsets from 7 on.
    private static func isElementwise(_ step: CompiledGraph.Step) -> Bool {
        step.core is Arithmetic && step.node.opset >= 7 || step.core is Activation || step.core is UnaryFunction || step.core is Cast
    }

    /// The axes along which a step repeats what has one element there.
    func spreadAxes(of step: CompiledGraph.Step, _ shape: [Int], _ inputs: [Signature?]) -> Set<Int> {
        if step.core is ConstantValue { return Set(shape.indices.filter { shape[$0] > 1 }) }
        let isExact = try? (step.core as? Resizing)?.exactAxes(inputs) != nil
        guard step.core is Repetition || isExact ?? false, let own = inputs.first??.shape else { return [] }
        let added = shape.count - own.count
        return Set(shape.indices.filter { shape[$0] > 1 && ($0 < added || own[$0 - added] == 1) })
    }

    private static func join(_ marks: [Mark], at target: Int, _ result: inout [[Mark]], _ whole: inout [Int: String]) {
        guard !marks.isEmpty else { return }
        let other = result[target]
        if !other.isEmpty, other != marks {
            let scales = [other, marks].map { $0.map(\.scale.description).joined(separator: " and ") }
            let areMixed = other.map(\.imageAxis) != marks.map(\.imageAxis) || scales[0] == scales[1]
            let reason = areMixed ? "axes of the image are mixed" : "inputs of different scales meet (\(scales[0]), \(scales[1]))"
            for mark in other + marks { whole[mark.imageAxis] = reason }
        }
        result[target] = marks
    }

    /// A planned step that sees an axis of the image as a whole, as `node name (OpType)` with the reason; `nil` if it does not.
    func name(at position: Int, seeing axis: Int) -> String? {
        guard let reason = wholeAxes[position][axis] else { return nil }
        let node = graph.steps[plan.steps[position]].node
        return "\(node.name) (\(node.operatorType))\(reason.isEmpty ? "" : ": " + reason)"
    }

    /// A planned step that sees axes of the image as a whole, under each of its names.
    func names(at position: Int) -> [String] {
        var names: [String] = []
        guard !wholeAxes[position].isEmpty else { return names }
        for axis in imageShape.indices {
            if let name = name(at: position, seeing: axis), !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The axes of a value that follow the image; none where axes of the image are merged, of which no ranges are parts of the image.
    func places(of value: Int) -> [Int] {
        let own = marks[value] ?? []
        return own.contains { $0.count > 1 } ? [] : own.indices.filter { !own[$0].isEmpty }
    }

    /// What is known of a step's inputs before a run.
    func signatures(of step: CompiledGraph.Step) -> [Signature?] { step.inputs.map { $0.flatMap { signature($0) } } }

    /// What is known of a value before a run.
    func signature(_ value: Int) -> Signature? {
        (graph.constants[value] ?? plan.values[value]).map { Signature($0) } ?? plan.types[value].map { Signature(type: $0) }
    }
}
