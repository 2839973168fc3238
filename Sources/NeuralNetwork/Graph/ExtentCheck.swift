/// Judges types and extents of a graph before its weights are read, so that one of gigabytes whose shape nothing takes costs nothing.
///
/// Inputs have their declared extents. Where some are free, two sizes of them are tried, and a step is at fault only if both times it
/// fails on the same types and values, or is one that no size of its image helps: then it fails whatever the size. What depends on a size
/// is judged when the size is known.
struct ExtentCheck {
    private let graph: GraphStructure
    private let ports: [Port]
    private let limits: NetworkLimits

    /// Two sizes of free extents, of stacks the second. They are so far apart that extents behind the strides of a network differ too.
    private static let sizes = [(image: 64, stack: 64), (image: 1600, stack: 256)]
    /// Sizes at which what is cut from an image is smaller, and one that is large enough for any window.
    private static let smallExtents = [1, 2, 5, 12], largeExtent = 1 << 20
    /// Operators whose first input may be as large as it likes: those that ask for so many channels, and those that do not.
    private static let growingByChannels: Set<String> = ["BatchNormalization", "Conv", "ConvTranspose", "InstanceNormalization"]
    private static let growing: Set<String> = ["Resize", "Transpose", "Upsample"]
    /// Results up to this size are computed: lists of extents.
    private static let knownBytes = 1 << 10

    /// Throws what a run of the graph would throw whatever its input.
    static func check(_ graph: GraphStructure, ports: [Port], limits: NetworkLimits) throws(NetworkError) {
        try ExtentCheck(graph: graph, ports: ports, limits: limits).check()
    }

    /// Throws what a run on inputs of these types would throw.
    static func check(
        _ graph: GraphStructure, ports: [Port], types: [String: TensorType], limits: NetworkLimits
    ) throws(NetworkError) {
        try PortCheck.check(types, against: ports, limits: limits)
        let check = ExtentCheck(graph: graph, ports: ports, limits: limits)
        if let failure = check.failure(ports.map { types[$0.name] }) { throw failure.error }
    }

    private func check() throws(NetworkError) {
        guard let first = failure(ExtentCheck.sizes[0]) else { return }
        guard ports.contains(where: { $0.declaredShape?.allSatisfy(\.isFixed) != true }) else { throw first.error }
        guard first.error.kind != .limit, let second = failure(ExtentCheck.sizes[1]), second.step == first.step,
            second.error.kind == first.error.kind, zip(first.inputs, second.inputs).allSatisfy({ areValuesSame($0?.value, $1?.value) })
        else { return }
        // A value that an attribute or a constant must not have does not depend on extents.
        let isOfConstants =
            first.error.kind == .attribute && zip(first.inputs, second.inputs).dropFirst().allSatisfy { $0?.type == $1?.type }
        guard
            isOfConstants || zip(first.inputs, second.inputs).allSatisfy({ $0?.type == $1?.type })
                || failsAtAnySize(first.step, first.inputs, second.inputs)
        else { return }
        throw first.error
    }

    /// Whether a step fails on images of any size: an operator that asks of the free extents only that they be large enough, on an image
    /// whose axes and, where they count, channels do not follow from them.
    private func failsAtAnySize(_ index: Int, _ first: [Signature?], _ second: [Signature?]) -> Bool {
        let step = graph.draft.steps[index], name = step.node.operatorType
        let countsChannels = ExtentCheck.growingByChannels.contains(name)
        guard countsChannels || ExtentCheck.growing.contains(name), let image = first.first ?? nil, let other = second.first ?? nil else {
            return false
        }
        let hasFreeChannels = countsChannels && image.rank > 1 && other.rank > 1 && image.shape[1] != other.shape[1]
        func isAlike(_ inputs: [Signature?]) -> Bool {
            guard let other = inputs.first ?? nil, other.rank == image.rank, other.elementType == image.elementType else { return false }
            return (!countsChannels || hasFreeChannels || image.rank < 2 || other.shape[1] == image.shape[1])
                && zip(first, inputs).dropFirst().allSatisfy { $0?.type == $1?.type && areValuesSame($0?.value, $1?.value) }
        }
        guard isAlike(second) else { return false }
        // What is cut to a few pixels is as large in large images, and smaller in small ones.
        for extent in ExtentCheck.smallExtents {
            guard let small = failure((image: extent, stack: extent)), small.step <= index else { return false }
            guard small.step < index || isAlike(small.inputs) else { return false }
        }
        var shape = zip(image.shape, other.shape).map { $0 == $1 ? $0 : ExtentCheck.largeExtent }
        guard hasFreeChannels else { return fails(step, on: Signature(shape, image.elementType), first) }
        // The weights say how many channels they are for, in one of their extents.
        guard case .some(let groups) = try? step.node.int("group") ?? 1, (1...TensorReader.largestExtent).contains(groups) else {
            return false
        }
        return Set(first.dropFirst().flatMap { $0?.shape ?? [] }).allSatisfy { extent in
            shape[1] = extent * groups
            return fails(step, on: Signature(shape, image.elementType), first)
        }
    }

    /// Whether a step fails on an image, all else as it is.
    private func fails(_ step: CompiledGraph.Step, on image: Signature, _ inputs: [Signature?]) -> Bool {
        do throws(NetworkError) {
            _ = try step.operation.infer([image] + inputs.dropFirst())
            return false
        } catch {
            return error.kind == .shape || error.kind == .attribute
        }
    }

    /// The first step that fails where free extents are of a size, with what it reads.
    private func failure(_ size: (image: Int, stack: Int)) -> (step: Int, inputs: [Signature?], error: NetworkError)? {
        var symbols: [String: Int] = [:]
        return failure(ports.map { ExtentCheck.type(of: $0, size, &symbols) })
    }

    /// The first step that fails on inputs of these types, with what it reads.
    private func failure(_ types: [TensorType?]) -> (step: Int, inputs: [Signature?], error: NetworkError)? {
        var constants: [Int: Tensor] = [:]
        for (value, weight) in graph.weights { constants[value] = weight.loaded }
        var inference = TypeInference(
            valueCount: graph.draft.valueCount, constants: constants, limits: limits, knownBytes: ExtentCheck.knownBytes)
        for (value, weight) in graph.weights where constants[value] == nil {
            inference.state(TensorType(shape: weight.shape, elementType: weight.elementType), of: value)
        }
        for (value, type) in zip(graph.inputs, types) { inference.state(type, of: value) }
        for (index, step) in graph.draft.steps.enumerated() {
            guard step.inputs.allSatisfy({ $0.map { inference.types[$0] != nil } ?? true }) else { continue }
            do throws(NetworkError) { try inference.pass(step) } catch {
                if error.kind != .unknownBeforeRun { return (index, inference.signatures(step), error) }
            }
        }
        return nil
    }

    /// The type of an input; `nil` if it declares no shape.
    private static func type(of port: Port, _ size: (image: Int, stack: Int), _ symbols: inout [String: Int]) -> TensorType? {
        guard let declared = port.declaredShape else { return nil }
        var shape: [Int] = []
        // Batches of one and two keep stacks small.
        for (axis, dimension) in declared.enumerated() {
            let free = declared.count < 4 ? size.image : axis == 0 ? max(1, size.stack / 64) : declared.count < 5 ? size.image : size.stack
            switch dimension {
            case .fixed(let extent): shape.append(extent)
            case .unknown: shape.append(free)
            case .symbolic(let name):
                let extent = symbols[name] ?? free
                symbols[name] = extent
                shape.append(extent)
            }
        }
        return TensorType(shape: shape, elementType: port.elementType)
    }

    private func areValuesSame(_ first: Tensor?, _ second: Tensor?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        guard first.shape == second.shape, first.elementType == second.elementType else { return false }
        // Bit by bit, since NaN is not equal to itself.
        return first.storage.withBytes { bytes in second.storage.withBytes { bytes.elementsEqual($0) } }
    }
}

extension Dimension {
    /// Whether the extent is a number.
    fileprivate var isFixed: Bool { if case .fixed = self { true } else { false } }
}
