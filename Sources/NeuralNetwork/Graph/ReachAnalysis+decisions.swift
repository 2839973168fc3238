/// What steps take from the size of the image beside its pixels.
extension ReachAnalysis {
    /// What the values of a planned step follow from beside the pixels that it reads: the same for two sizes of image only if one is
    /// computed as the other.
    ///
    /// What happens along axes of the image is said by `ReachGeometry`. Left out are inputs that say the results' extents and nothing else.
    struct Decision: Sendable, Equatable {
        /// The extents of inputs that do not follow from pixels.
        fileprivate(set) var inputExtents: [[Int]] = []
        /// Their elements, where these are known before a run.
        fileprivate(set) var elements: [[UInt8]] = []
        /// The numbers in inputs that are spread to the image's extents.
        fileprivate(set) var spreadNumbers: [Set<UInt64>] = []
        /// Which places are read along axes that are not the image's.
        fileprivate(set) var places: [Int] = []
        /// The extents of the results along axes that are not the image's.
        fileprivate(set) var extents: [Int] = []

        fileprivate mutating func add(_ input: Signature) {
            inputExtents.append(input.shape)
            elements.append(input.value.map { $0.storage.withBytes { Array($0) } } ?? [])
        }
    }

    /// What each planned step takes, as far as an image of some size tells.
    ///
    /// - Parameter signature: what is known of a value before a run on the image.
    func decisions(_ signature: (Int) -> Signature?) -> [Decision] {
        var pixels = Set(graph.inputs)
        let trace = ExtentNumberTrace(self, signature)
        return plan.steps.map { index in
            let step = graph.steps[index], signatures = step.inputs.map { $0.flatMap(signature) }
            var decision = Decision(), regions: [Signature] = []
            for (place, (value, own)) in zip(step.inputs, signatures).enumerated() {
                guard let value, let own, graph.constants[value] == nil, own.value != nil || !pixels.contains(value) else { continue }
                switch step.core.role(of: place) {
                case .value:
                    if let numbers = trace.spreadNumbers(value) { decision.spreadNumbers.append(numbers) } else { decision.add(own) }
                case .places: regions.append(own)
                case .extents: continue
                }
            }
            if !regions.isEmpty {
                let outputs = step.outputs.map { $0.flatMap(signature)?.type ?? TensorType(shape: [], elementType: .float32) }
                if let places = places(step, signatures, outputs) {
                    decision.places = places
                } else {
                    for region in regions { decision.add(region) }
                }
            }
            if step.inputs.contains(where: { $0.map { pixels.contains($0) } ?? false }) {
                for case let value? in step.outputs {
                    pixels.insert(value)
                    for (axis, extent) in (signature(value)?.shape ?? []).enumerated() where !follows(value, axis) {
                        decision.extents.append(extent)
                    }
                }
            }
            return decision
        }
    }

    /// Whether an axis of a value is one of the image's.
    private func follows(_ value: Int, _ axis: Int) -> Bool {
        guard let own = marks[value], own.indices.contains(axis) else { return false }
        return !own[axis].isEmpty
    }

    /// The most positions along an axis that are looked at.
    private static let mostPlaces = 64

    /// What a step reads along axes that are not the image's; `nil` if `views` do not say it.
    private func places(_ step: CompiledGraph.Step, _ inputs: [Signature?], _ outputs: [TensorType]) -> [Int]? {
        guard let value = step.inputs.first ?? nil else { return nil }
        // Of one element that is spread the same is read everywhere.
        let spread = outputs.first.map { spreadAxes(of: step, $0.shape, inputs) } ?? []
        var numbers: [Int] = []
        for (axis, view) in step.operation.views(of: 0, inputs: inputs, outputs: outputs).enumerated()
        where !follows(value, axis) && !spread.contains(axis) {
            switch view {
            case .same(let target): numbers += [axis, target]
            case .window(let target, let window):
                numbers += [axis, target, window.scale.numerator, window.scale.denominator]
                for position in 0..<ReachAnalysis.mostPlaces {
                    let range = window.read(position...position)
                    numbers += [range.lowerBound, range.upperBound]
                }
            case .whole, .detached: return nil
            }
        }
        return numbers
    }

    /// The planned steps, as positions in the plan, that take something else for another size of image.
    func positions(taking own: [Decision], unlike other: [Decision]) -> [Int] {
        // Extents go on from step to step; the first one is where they come from.
        var changed: Set<Int> = [], positions: [Int] = []
        for (position, (own, other)) in zip(own, other).enumerated() {
            let step = graph.steps[plan.steps[position]], areExtentsNew = own.extents != other.extents
            let isInherited = step.inputs.contains { $0.map { changed.contains($0) } ?? false }
            if areExtentsNew { changed.formUnion(step.outputs.compactMap(\.self)) }
            let isSame =
                own.inputExtents == other.inputExtents && own.elements == other.elements && own.places == other.places
                && own.spreadNumbers == other.spreadNumbers
            if !isSame || areExtentsNew && !isInherited { positions.append(position) }
        }
        return positions
    }
}
