/// What a normalisation takes together, and its parameters.
struct NormalizationForm {
    /// Numbers that are broadcast over the value.
    struct Parameter {
        let values: [Float]
        let shape: [Int]

        static func number(_ number: Float) -> Parameter { Parameter(values: [number], shape: []) }
    }

    let normalization: any MomentNormalization
    /// The axes over which values are taken together.
    let reduced: [Int]
    /// Into how many groups the channels, which are then taken together in each, are divided; `nil` where axes alone tell.
    let groups: Int?
    /// Scale and shift; over the axes batch, groups, channels of a group and places where there are groups.
    let scale: Parameter
    let shift: Parameter
    /// Whether a parameter says how many groups of values there are.
    let hasFixedGroups: Bool

    /// What a step does; `nil` if it does not normalise, not by moments, not in float32, or by parameters that are not constant.
    init?(_ step: CompiledGraph.Step, _ type: TensorType, constants: [Int: Tensor]) {
        guard type.elementType == .float32 || step.operation is SinglePrecision, let normalization = step.core as? any MomentNormalization
        else { return nil }
        let rank = type.shape.count
        func isGiven(_ place: Int) -> Bool { step.inputs.indices.contains(place) && step.inputs[place] != nil }
        func constant(_ place: Int) -> (values: [Float], shape: [Int])? {
            guard isGiven(place), let tensor = step.inputs[place].flatMap({ constants[$0] }), let floats = tensor.cast(to: .float32).floats
            else { return nil }
            return (floats, tensor.shape)
        }
        switch normalization {
        case is InstanceNormalization:
            guard let scale = constant(1), let shift = constant(2) else { return nil }
            let behind = Array(repeating: 1, count: rank - 2)
            reduced = Array(2..<rank)
            groups = nil
            self.scale = Parameter(values: scale.values, shape: scale.shape + behind)
            self.shift = Parameter(values: shift.values, shape: shift.shape + behind)
            hasFixedGroups = true
        case let grouped as GroupNormalization:
            guard rank > 2, let scale = constant(1), let shift = constant(2) else { return nil }
            let perGroup = scale.values.count == grouped.groups ? 1 : scale.values.count / grouped.groups
            let shape = [grouped.groups, perGroup] + Array(repeating: 1, count: rank - 2)
            reduced = Array(2..<rank)
            groups = grouped.groups
            self.scale = Parameter(values: scale.values, shape: shape)
            self.shift = Parameter(values: shift.values, shape: shape)
            hasFixedGroups = true
        case let layer as LayerNormalization:
            guard layer.isByMoments, let axes = try? layer.normalized(rank: rank) else { return nil }
            let given = [1, 2].map {
                isGiven($0) ? constant($0).map { Parameter(values: $0.values, shape: $0.shape) } : .number($0 == 1 ? 1 : 0)
            }
            guard let scale = given[0], let shift = given[1] else { return nil }
            reduced = axes
            groups = nil
            self.scale = scale
            self.shift = shift
            hasFixedGroups = false
        default: return nil
        }
        self.normalization = normalization
    }
}
