/// Judges types and extents of a graph before its weights are read, so that one of gigabytes whose shape nothing takes costs nothing.
///
/// Inputs have their declared extents. Where some are free, two sizes of them are tried, and a step is at fault only if both times it
/// fails on the same types and values, or is one that no size of its image helps: then it fails whatever the size. Free extents that must
/// be the channels of some weights are those channels from there on. An input that declares no shape is at fault if it is with any number
/// of axes. What depends on a size is judged when the size is known.
struct ExtentCheck {
    /// A step that fails, with what it reads.
    typealias Failure = (step: Int, inputs: [Signature?], error: NetworkError)
    /// Extents for axes that are free, of stacks and of more axes than those.
    typealias Sizes = (image: Int, stack: Int, many: Int)

    let graph: GraphStructure
    private let ports: [Port]
    /// What is known of the weights.
    private let known: TypeInference
    /// Steps that may still be looked at; what is not decided by then is left to the run.
    private var stepsLeft = ExtentCheck.mostSteps

    /// Two sizes. They are so far apart that extents behind the strides of a network differ too.
    static let sizes: [Sizes] = [(image: 64, stack: 64, many: 8), (image: 1600, stack: 256, many: 24)]
    private static let mostSteps = 1_000_000
    /// Results up to this size are computed: lists of extents.
    private static let knownBytes = 1 << 10
    /// The most bytes of a result where an extent is only tried.
    private static let mostTriedBytes = 1 << 42

    private init(_ graph: GraphStructure, ports: [Port], limits: NetworkLimits) {
        self.graph = graph
        self.ports = ports
        var constants: [Int: Tensor] = [:]
        for (value, weight) in graph.weights { constants[value] = weight.loaded }
        var known = TypeInference(
            valueCount: graph.draft.valueCount, constants: constants, limits: limits, knownBytes: ExtentCheck.knownBytes)
        for (value, weight) in graph.weights where constants[value] == nil {
            known.state(TensorType(shape: weight.shape, elementType: weight.elementType), of: value)
        }
        self.known = known
    }

    /// Throws what a run of the graph would throw whatever its input.
    static func check(_ graph: GraphStructure, ports: [Port], limits: NetworkLimits) throws(NetworkError) {
        var limits = limits
        if ports.contains(where: \.isFree) {
            limits.maxTensorBytes = mostTriedBytes
            limits.maxWorkingSetBytes = mostTriedBytes
        }
        var check = ExtentCheck(graph, ports: ports, limits: limits)
        if let fault = check.fault(ports) { throw fault.error }
        for (index, port) in ports.enumerated() where port.declaredShape == nil {
            if let error = check.faultAtAnyRank(index, maxRank: limits.maxRank) { throw error }
        }
    }

    /// Throws what a run on inputs of these types would throw.
    static func check(
        _ graph: GraphStructure, ports: [Port], types: [String: TensorType], limits: NetworkLimits
    ) throws(NetworkError) {
        try PortCheck.check(types, against: ports, limits: limits)
        var check = ExtentCheck(graph, ports: ports, limits: limits)
        if let failure = check.failure(ports.map { types[$0.name] }) { throw failure.error }
    }

    /// The error of an input without a declared shape that no number of axes helps: that of the number with which a run gets furthest.
    private mutating func faultAtAnyRank(_ index: Int, maxRank: Int) -> NetworkError? {
        var furthest: Failure?
        // Images first: of a sound network one number of axes is enough.
        for rank in (0...maxRank).sorted(by: { abs($0 - 4) < abs($1 - 4) }) {
            var ports = ports
            ports[index] = Port(
                name: ports[index].name, elementType: ports[index].elementType, shape: [Dimension](repeating: .unknown, count: rank))
            guard let fault = fault(ports) else { return nil }
            if furthest.map({ fault.step > $0.step }) ?? true { furthest = fault }
        }
        guard let furthest else { return nil }
        let name = ports[index].name
        return graph.draft.steps[furthest.step].node.error(
            furthest.error.kind, "\(furthest.error.message); '\(name)' declares no shape, and no number of axes helps")
    }

    /// The first step that fails whatever the free extents; `nil` if there is none, or it does not show.
    private mutating func fault(_ ports: [Port]) -> Failure? {
        var ports = ports
        while let first = failure(ports, ExtentCheck.sizes[0]) {
            guard ports.contains(where: \.isFree) else { return first }
            guard first.error.kind != .limit, let second = failure(ports, ExtentCheck.sizes[1]), second.step == first.step,
                second.error.kind == first.error.kind,
                zip(first.inputs, second.inputs).allSatisfy({ areValuesSame($0?.value, $1?.value) })
            else { return nil }
            // A value that an attribute or a constant must not have does not depend on extents.
            let isOfConstants =
                first.error.kind == .attribute && zip(first.inputs, second.inputs).dropFirst().allSatisfy { $0?.type == $1?.type }
            if isOfConstants || zip(first.inputs, second.inputs).allSatisfy({ $0?.type == $1?.type })
                || failsAtAnySize(ports, first, second.inputs)
            {
                return first
            }
            guard let settled = settlingChannels(ports, first, second) else { return nil }
            ports = settled
        }
        return nil
    }

    /// The first step that fails where free extents are of a size.
    mutating func failure(_ ports: [Port], _ sizes: Sizes) -> Failure? {
        var symbols: [String: Int] = [:]
        return failure(ports.map { $0.type(sizes, &symbols) })
    }

    /// The first step that fails on inputs of these types.
    private mutating func failure(_ types: [TensorType?]) -> Failure? {
        var inference = known
        for (value, type) in zip(graph.inputs, types) { inference.state(type, of: value) }
        for (index, step) in graph.draft.steps.enumerated() {
            guard stepsLeft > 0 else { return nil }
            stepsLeft -= 1
            guard step.inputs.allSatisfy({ $0.map { inference.types[$0] != nil } ?? true }) else { continue }
            do throws(NetworkError) { try inference.pass(step) } catch {
                if error.kind != .unknownBeforeRun { return (index, inference.signatures(step), error) }
            }
        }
        return nil
    }

    func areValuesSame(_ first: Tensor?, _ second: Tensor?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        guard first.shape == second.shape, first.elementType == second.elementType else { return false }
        // Bit by bit, since NaN is not equal to itself.
        return first.storage.withBytes { bytes in second.storage.withBytes { bytes.elementsEqual($0) } }
    }
}

extension Port {
    /// Whether an extent is free, or the shape is not declared.
    var isFree: Bool { declaredShape?.allSatisfy(\.isFixed) != true }

    /// The type with free extents of a size, those of one name all the same; `nil` if no shape is declared.
    func type(_ sizes: ExtentCheck.Sizes, _ symbols: inout [String: Int]) -> TensorType? {
        guard let declaredShape else { return nil }
        var shape: [Int] = []
        for (axis, dimension) in declaredShape.enumerated() {
            let free: Int
            switch declaredShape.count {
            case ...3: free = sizes.image
            // Batches of one and four keep stacks small.
            case 4, 5: free = axis == 0 ? max(1, sizes.stack / 64) : declaredShape.count == 4 ? sizes.image : sizes.stack
            default: free = sizes.many
            }
            switch dimension {
            case .fixed(let extent): shape.append(extent)
            case .unknown: shape.append(free)
            case .symbolic(let name):
                let extent = symbols[name] ?? free
                symbols[name] = extent
                shape.append(extent)
            }
        }
        return TensorType(shape: shape, elementType: elementType)
    }
}

extension Dimension {
    /// Whether the extent is a number.
    var isFixed: Bool { if case .fixed = self { true } else { false } }
}
