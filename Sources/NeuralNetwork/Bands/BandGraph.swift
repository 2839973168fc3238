/// A network prepared for runs in bands: which rows of what a step reads for rows of its result.
///
/// A row is a place along the first spatial axis (tensor axis 2) with everything that lies there.
struct BandGraph {
    /// A value on the way: its extents and in which forms it exists.
    struct Value {
        /// The whole extents, (1, channels, rows, …).
        let shape: [Int]
        let isBlocked: Bool
        let isPlain: Bool
        /// The values whose blocks are this one's, one after the other; empty for a value with blocks of its own.
        var parts: [Int] = []

        var height: Int { shape[2] }
        var rowPlaces: Int { shape[3...].reduce(1, *) }
    }

    /// How rows of a result follow from rows of an input.
    struct View {
        let scale: Ratio
        let read: @Sendable (ClosedRange<Int>) -> ClosedRange<Int>

        static let same = View(scale: .one) { $0 }
    }

    /// What a step does.
    enum Kind {
        /// The blocks of the inputs are the result.
        case view
        /// A convolution, which pads only where the image ends; its window along the rows.
        case convolution(Convolution, Window)
        /// Any other operator, which runs on rows that lie on its grid; what its ends spoil is left out.
        case aligned
    }

    struct Step {
        let step: CompiledGraph.Step
        let kind: Kind
        /// How it works on blocks; `nil` on plain tensors.
        let form: BlockedForm?
        let output: Int
        /// The image values that it reads, by position.
        let views: [Int: View]
    }

    private(set) var steps: [Step] = []
    private(set) var values: [Int: Value] = [:]
    let graph: CompiledGraph
    /// The image.
    let input: Int
    /// Constants and what follows from shapes.
    let constants: [Int: Tensor]

    /// - Parameters:
    ///   - plan: a plan for a moderate number of rows, which says how each step works.
    ///   - taller: a plan for more rows; what it knows beforehand must be the same.
    ///   - shape: the image's whole extents.
    /// - Returns: `nil` if some step needs more than rows near its own.
    init?(_ graph: CompiledGraph, _ plan: Plan, taller: Plan, shape: [Int]) throws(NetworkError) {
        guard graph.inputs.count == 1, let input = graph.inputs.first, shape.count >= 4, shape[0] == 1, plan.steps == taller.steps,
            plan.types[input]?.elementType == .float32
        else { return nil }
        self.graph = graph
        self.input = input
        constants = graph.constants.merging(plan.values) { own, _ in own }
        values[input] = Value(shape: shape, isBlocked: false, isPlain: true)
        for (position, index) in plan.steps.enumerated() {
            let step = graph.steps[index]
            guard let output = step.outputs.first ?? nil, step.outputs.compactMap(\.self).count == 1,
                step.inputs.allSatisfy({ value in value.map { BandGraph.areSame(plan.values[$0], taller.values[$0]) } ?? true }),
                BandGraph.isSteady(step)
            else { return nil }
            let signatures = step.inputs.map { value in value.flatMap { self.signature($0) } }
            let types = try step.operation.infer(signatures).map(\.type)
            guard let type = types.first, type.elementType == .float32, type.shape.count == shape.count, type.shape[0] == 1 else {
                return nil
            }
            let form = plan.blocks?.steps[position]?.form
            let convolutions = form == nil ? nil : plan.blocks?.convolutions
            guard let views = views(of: step, signatures, types, convolutions: convolutions), !views.isEmpty else { return nil }
            var kind = Kind.aligned
            if form == .view { kind = .view }
            if let convolution = step.operation as? Convolution, convolution.prepared != nil, let image = signatures[0]?.shape {
                kind = .convolution(convolution, try convolution.window(image, convolution.prepared?.shape ?? []))
            }
            var value = Value(
                shape: type.shape, isBlocked: plan.blocks?.values[output] != nil, isPlain: plan.blocks?.isPlain(output) ?? true)
            if form == .view { value.parts = step.inputs.compactMap(\.self).flatMap { roots($0) } }
            values[output] = value
            steps.append(Step(step: step, kind: kind, form: form, output: output, views: views))
        }
        guard graph.outputs.allSatisfy({ values[$0]?.isPlain ?? false && $0 != input }) else { return nil }
    }

    /// The values that hold the blocks of a value.
    func roots(_ value: Int) -> [Int] {
        guard let parts = values[value]?.parts, !parts.isEmpty else { return [value] }
        return parts
    }

    /// What is known of a value; images have all their rows.
    func signature(_ value: Int) -> Signature? {
        if let known = values[value] { return Signature(known.shape, .float32) }
        return constants[value].map { Signature($0) }
    }

    /// Whether two values known beforehand have the same bits: statistics may be NaN, which is unlike itself.
    private static func areSame(_ one: Tensor?, _ other: Tensor?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return one.shape == other.shape && one.elementType == other.elementType
            && one.storage.withBytes { Array($0) } == other.storage.withBytes { Array($0) }
    }

    /// Whether an operator does the same on some rows as on all: not where attributes or inputs fix the extent of its result.
    private static func isSteady(_ step: CompiledGraph.Step) -> Bool {
        if step.operation is Resizing, step.inputs.count > 3, step.inputs[3] != nil { return false }
        let padding = (try? step.node.string("auto_pad")) ?? nil
        return step.node.attributes["output_shape"] == nil
            && (step.operation is Convolution || padding == nil || padding == WindowGeometry.AutoPad.explicit.rawValue)
    }

    /// The views along the rows by input; `nil` if something else than rows near by is read.
    ///
    /// - Parameter convolutions: how a step on channel blocks computes; `nil` for one on plain tensors.
    private func views(
        of step: CompiledGraph.Step, _ signatures: [Signature?], _ types: [TensorType], convolutions: RunOptions.Convolutions?
    ) -> [Int: View]? {
        var result: [Int: View] = [:]
        for (index, value) in step.inputs.enumerated() {
            guard let value else { continue }
            var axes = step.operation.views(of: index, inputs: signatures, outputs: types)
            if let convolutions, index == 0, let convolution = step.operation as? Convolution {
                axes = convolution.tiledViews(axes, convolutions)
            }
            let isImage = values[value] != nil
            for (axis, view) in axes.enumerated() {
                switch view {
                case .detached: if isImage, axis == 2 { return nil }
                case .whole: if isImage, axis >= 2 { return nil }
                case .same(let target):
                    if isImage {
                        guard (axis == 2) == (target == 2) else { return nil }
                        if axis == 2 { result[index] = .same }
                    } else if target == 2, (signatures[index]?.shape[axis] ?? 1) > 1 {
                        return nil
                    }
                case .window(let target, let window):
                    guard isImage, (axis == 2) == (target == 2) else { return nil }
                    if axis == 2 { result[index] = View(scale: window.scale, read: window.read) }
                }
            }
            if isImage, result[index] == nil { return nil }
        }
        // Inputs that are read at different scales have no common grid of rows.
        return result.count > 1 && result.values.contains { $0.scale != .one } ? nil : result
    }
}
