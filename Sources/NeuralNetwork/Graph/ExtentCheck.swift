/// Judges types and extents of a graph before its weights are read, so that one of gigabytes whose shape nothing takes costs nothing.
///
/// Inputs have their declared extents. Where some are free, a step is at fault only if it fails for two sizes of them and for every other
/// size of what it sees of them that could suit it; what depends on a size otherwise is judged when the size is known.
struct ExtentCheck {
    private let graph: GraphStructure
    private let ports: [Port]
    private let limits: NetworkLimits

    /// Two sizes of free extents, of stacks the second. They are so far apart that extents behind the strides of a network differ too.
    private static let sizes = [(image: 64, stack: 64), (image: 1600, stack: 256)]
    /// Free extents of a step are tried from 1 to 64, as powers of two, and as what the numbers that the step sees make them.
    private static let tried = Array(1...64) + (7...20).map { 1 << $0 }
    /// Results up to this size are computed: lists of extents.
    private static let knownBytes = 1 << 10
    /// Steps that read more, or have more free extents, are judged when the size is known.
    private static let mostInputs = 16

    /// Throws what a run of the graph would throw whatever its input.
    static func check(_ graph: GraphStructure, ports: [Port], limits: NetworkLimits) throws(NetworkError) {
        try ExtentCheck(graph: graph, ports: ports, limits: limits).check()
    }

    private func check() throws(NetworkError) {
        guard let first = failure(ExtentCheck.sizes[0]) else { return }
        guard ports.contains(where: { $0.declaredShape?.allSatisfy(\.isFixed) != true }) else { throw first.error }
        guard first.error.kind != .limit, let second = failure(ExtentCheck.sizes[1]), second.step == first.step,
            second.error.kind != .limit,
            !canSucceed(graph.draft.steps[first.step], first.inputs, second.inputs)
        else { return }
        throw first.error
    }

    /// The first step that fails, with what it reads.
    private func failure(_ size: (image: Int, stack: Int)) -> (step: Int, inputs: [Signature?], error: NetworkError)? {
        var constants: [Int: Tensor] = [:]
        for (value, weight) in graph.weights { constants[value] = weight.loaded }
        var inference = TypeInference(
            valueCount: graph.draft.valueCount, constants: constants, limits: limits, knownBytes: ExtentCheck.knownBytes)
        for (value, weight) in graph.weights where constants[value] == nil {
            inference.state(TensorType(shape: weight.shape, elementType: weight.elementType), of: value)
        }
        var symbols: [String: Int] = [:]
        for (value, port) in zip(graph.inputs, ports) { inference.state(ExtentCheck.type(of: port, size, &symbols), of: value) }
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
            let free = declared.count < 4 ? size.image : axis == 0 ? size.stack / 64 : declared.count < 5 ? size.image : size.stack
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

    /// Whether a step may run with some other size, as far as its inputs depend on it.
    private func canSucceed(_ step: CompiledGraph.Step, _ first: [Signature?], _ second: [Signature?]) -> Bool {
        guard step.inputs.count <= ExtentCheck.mostInputs else { return true }
        var free: [(input: Int, axis: Int)] = []
        var extents = Set(ExtentCheck.tried), products: [Int] = [], fixed: Set = [1]
        func take(_ numbers: [Int]) {
            let numbers = numbers.prefix(ExtentCheck.mostInputs).filter { (1...TensorReader.largestExtent).contains($0) }
            extents.formUnion(numbers)
            extents.insert(numbers.reduce(0, +))
            products.append(Tensor.elementCount(of: numbers) ?? 1)
        }
        for case .ints(let numbers) in step.node.attributes.values { take(numbers) }
        for case .int(let number) in step.node.attributes.values { take([number]) }
        for (index, (one, other)) in zip(first, second).enumerated() {
            guard let one, let other else { continue }
            // Values that follow from a size, and numbers of axes that do, are not looked through.
            guard ExtentCheck.areSame(one.value, other.value), one.rank == other.rank else { return true }
            extents.formUnion(one.shape)
            if let integers = one.value?.integers { take(integers) }
            let own = one.shape.indices.filter { one.shape[$0] != other.shape[$0] }
            fixed.insert(
                one.shape.indices.reduce(1) { own.contains($1) ? $0 : $0.multipliedReportingOverflow(by: one.shape[$1]).partialValue })
            free += own.map { (index, $0) }
        }
        for product in products { extents.formUnion(fixed.filter { $0 > 0 }.map { product / $0 }) }
        guard free.count <= ExtentCheck.mostInputs else { return true }
        guard !free.isEmpty else { return false }
        // All free axes alike, or one of them with all others 1.
        for extent in extents where extent > 0 && extent <= TensorReader.largestExtent {
            for alone in [nil] + free.indices.map(Optional.some) {
                var inputs = first
                for (number, place) in free.enumerated() {
                    guard let input = inputs[place.input] else { continue }
                    var shape = input.shape
                    shape[place.axis] = alone == nil || alone == number ? extent : 1
                    inputs[place.input] = Signature(shape, input.elementType)
                }
                do throws(NetworkError) {
                    _ = try step.operation.infer(inputs)
                    return true
                } catch {
                    if error.kind == .limit || error.kind == .unknownBeforeRun { return true }
                }
            }
        }
        return false
    }

    private static func areSame(_ first: Tensor?, _ second: Tensor?) -> Bool {
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
