/// Follows the images of a batch through a graph, to find where one meets another.
///
/// The batch may lie in any axis of a value, also merged with other axes: element `i` of the axis belongs to image
/// `i / inner mod images`. Behind an operator that mixes the images a value belongs to none.
struct BatchWalk {
    /// The steps that mix the images, or of which that cannot be told, as `node name (OpType)` in execution order.
    private(set) var mixers: [String] = []

    private let graph: CompiledGraph
    private let plan: Plan
    private let images: Int
    /// Where the batch lies in each value that has it.
    private var places: [Int: Place] = [:]

    private struct Place: Equatable {
        let axis: Int
        /// Neighbours on the axis that belong to one image.
        let inner: Int
    }

    /// The operators that give the same elements another shape.
    private static let reshapes: Set = ["Reshape", "Flatten", "Squeeze", "Unsqueeze"]

    /// What a step does with the batch of one of its inputs.
    private enum Passage {
        case kept(Place)
        case mixed
    }

    /// - Parameters:
    ///   - plan: for inputs of several images.
    ///   - axes: by the value of an input, the axis of its batch.
    ///   - images: how many images the inputs have; at least 2.
    init(graph: CompiledGraph, plan: Plan, axes: [Int: Int], images: Int) {
        self.graph = graph
        self.plan = plan
        self.images = images
        places = axes.mapValues { Place(axis: $0, inner: 1) }
        for index in plan.steps { pass(graph.steps[index]) }
    }

    private mutating func pass(_ step: CompiledGraph.Step) {
        let signatures = step.inputs.map { value in value.flatMap { signature($0) } }
        let outputs = step.outputs.map { $0.flatMap { plan.types[$0] } ?? TensorType(shape: [], elementType: .float32) }
        var result: Place?
        for (index, value) in step.inputs.enumerated() {
            // What has no elements holds no image.
            guard let value, let place = places[value], let shape = plan.types[value]?.shape, !shape.contains(0) else { continue }
            guard case .kept(let own) = passage(of: place, shape, through: step, index, signatures, outputs), result ?? own == own else {
                mixers.append("\(step.node.name) (\(step.node.operatorType))")
                return
            }
            result = own
        }
        guard let result else { return }
        for (output, type) in zip(step.outputs, outputs) {
            guard let output, type.shape.indices.contains(result.axis), type.shape[result.axis] % (result.inner * images) == 0 else {
                continue
            }
            places[output] = result
        }
    }

    private func passage(
        of place: Place, _ shape: [Int], through step: CompiledGraph.Step, _ index: Int, _ inputs: [Signature?], _ outputs: [TensorType]
    ) -> Passage {
        let new = outputs.first?.shape ?? []
        if Self.reshapes.contains(step.node.operatorType) { return reshaped(place, shape, new) }
        let views = step.operation.views(of: index, inputs: inputs, outputs: outputs)
        guard views.indices.contains(place.axis) else { return .mixed }
        switch views[place.axis] {
        case .same(let target) where new.indices.contains(target) && new[target] == shape[place.axis]:
            return .kept(Place(axis: target, inner: place.inner))
        case .same, .window, .whole, .detached: return .mixed
        }
    }

    /// Elements keep their order, so that the batch keeps its step among them; it must not be cut by the new axes.
    private func reshaped(_ place: Place, _ old: [Int], _ new: [Int]) -> Passage {
        let step = place.inner * old[(place.axis + 1)...].reduce(1, *)
        var behind = 1
        for axis in new.indices.reversed() {
            if step % behind == 0, new[axis] % (step / behind * images) == 0, new[axis] > 1 {
                return .kept(Place(axis: axis, inner: step / behind))
            }
            behind *= new[axis]
        }
        return .mixed
    }

    private func signature(_ value: Int) -> Signature? {
        (graph.constants[value] ?? plan.values[value]).map { Signature($0) } ?? plan.types[value].map { Signature(type: $0) }
    }
}

extension Network {
    /// The operators by which the result of one image of a batch depends on the others, or may depend as far as the graph tells: as
    /// `node name (OpType)` in execution order, none if each image goes through by itself.
    ///
    /// - Parameters:
    ///   - inputShapes: with as many images in each input that has a batch, at least 2.
    ///   - batchAxes: by input, which of its tensor axes is the batch.
    public func batchMixers(inputShapes: [String: [Int]], batchAxes: [String: Int]) throws(NetworkError) -> [String] {
        var axes: [Int: Int] = [:], images = 0
        for (port, value) in zip(inputs, graph.inputs) {
            guard let axis = batchAxes[port.name] else { continue }
            guard let shape = inputShapes[port.name], shape.indices.contains(axis), shape[axis] >= 2, images == 0 || images == shape[axis]
            else { throw NetworkError(.input, "axis \(axis) of '\(port.name)' is no batch of the \(max(2, images)) images of the others") }
            axes[value] = axis
            images = shape[axis]
        }
        let options = RunOptions(convolutions: .direct)
        return BatchWalk(graph: graph, plan: try plan(for: try types(of: inputShapes), options), axes: axes, images: images).mixers
    }
}
