/// `Pad` with a constant, by reflection, by the edge or cyclically; negative pads cut off.
struct Padding: MemoryHolder {
    private enum Mode: String { case constant, reflect, edge, wrap }

    private let node: Node
    private let mode: Mode
    private let attributePads: [Int]?
    private let attributeValue: Float

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        if node.opset < 11 {
            try node.allow("mode", "pads", "value")
            try node.expect(inputs: 1...1)
        } else {
            try node.allow("mode")
            try node.expect(inputs: 2...4)
        }
        let text = try node.string("mode") ?? "constant"
        guard let mode = Mode(rawValue: text) else {
            throw node.error(.attribute, "mode is '\(text)'; expected constant, reflect, edge or wrap")
        }
        self.mode = mode
        attributePads = try node.ints("pads")
        attributeValue = try node.float("value") ?? 0
    }

    /// Elements added in front of and behind each axis.
    private func pads(_ inputs: [Signature?]) throws(NetworkError) -> [(begin: Int, end: Int)] {
        let shape = try node.required(inputs, 0).shape
        let axes = try node.axes(try node.knownIntegers(inputs, 3, "axes") ?? Array(shape.indices), rank: shape.count)
        guard let pads = try node.knownExtents(inputs, 1, "pads") ?? attributePads, pads.count == 2 * axes.count else {
            throw node.error(.shape, "expected two pads for each of \(axes.count) axes")
        }
        var result = shape.map { _ in (begin: 0, end: 0) }
        for (index, axis) in axes.enumerated() {
            let (begin, end) = (pads[index], pads[index + axes.count])
            result[axis] = (begin, end)
            let extent = shape[axis]
            let fits =
                switch mode {
                case .constant: true
                case .edge, .wrap: extent > 0 || begin + end == 0
                case .reflect: begin < extent && end < extent || begin == 0 && end == 0
                }
            guard extent + begin + end >= 0, fits else {
                throw node.error(.shape, "pads of \(begin) and \(end) do not fit an extent of \(extent) (\(mode.rawValue))")
            }
        }
        return result
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let input = try node.required(inputs, 0)
        if inputs.count > 2, let value = inputs[2] {
            guard value.elementType == input.elementType, value.shape.allSatisfy({ $0 == 1 }) else {
                throw node.error(
                    .shape,
                    "the constant has the shape \(value.shape) (\(value.elementType.rawValue)); expected one value of the input's type")
            }
        }
        return [Signature(zip(input.shape, try pads(inputs)).map { $0 + $1.begin + $1.end }, input.elementType)]
    }

    /// For each result along an axis its place on the input; -1 where there is none.
    private func places(extent: Int, begin: Int, end: Int) -> [Int] {
        (0..<extent + begin + end).map { position in
            let place = position - begin
            if place >= 0 && place < extent { return place }
            switch mode {
            case .constant: return -1
            case .edge: return max(0, min(extent - 1, place))
            case .wrap: return place - floorDivide(place, extent) * extent
            case .reflect: return place < 0 ? -place : 2 * (extent - 1) - place
            }
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        guard var result = inputs[0] else { throw node.error(.internalFault, "the input is missing") }
        let pads = try pads(inputs.map { $0.map(Signature.init) })
        let filling = (inputs.count > 2 ? inputs[2] : nil) ?? Tensor(scalar: attributeValue).cast(to: result.elementType)
        // Axes that are cut come first, so that nothing between is larger than input and result.
        let axes = pads.indices.filter { pads[$0].begin != 0 || pads[$0].end != 0 }
        for axis in axes.sorted(by: { pads[$0].begin + pads[$0].end < pads[$1].begin + pads[$1].end }) {
            let places = places(extent: result.shape[axis], begin: pads[axis].begin, end: pads[axis].end)
            result = Padding.gathered(result, axis: axis, places: places, filling: filling)
        }
        return [result]
    }

    func innerBytes(_ inputs: [Signature?], outputs: [TensorType]) -> Int {
        guard let input = inputs[0], let pads = try? pads(inputs) else { return 0 }
        // What lies between two axes is not larger than the input or the result.
        var between = ByteSum()
        for _ in 0..<max(0, min(2, pads.count { $0 != (0, 0) } - 1)) {
            between.add(max(input.type.boundedCount, outputs[0].boundedCount), of: input.elementType.byteCount)
        }
        return between.bytes
    }

    /// The tensor whose slice j along an axis is the source's slice `places[j]`, or the filling.
    private static func gathered(_ tensor: Tensor, axis: Int, places: [Int], filling: Tensor) -> Tensor {
        var shape = tensor.shape
        shape[axis] = places.count
        let outer = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *)
        let bytes = tensor.elementType.byteCount, sourceRow = tensor.shape[axis] * inner, row = places.count * inner
        let storage = TensorStorage.filled(type: tensor.elementType, count: outer * row) { target in
            if places.contains(-1) {
                filling.storage.withBytes { source in
                    BlockCopy.copy(
                        extents: [outer * row], from: source, offset: 0, strides: [0], to: target, targetOffset: 0, targetStrides: [1],
                        elementBytes: bytes)
                }
            }
            tensor.storage.withBytes { source in
                var first = 0
                while first < places.count {
                    var last = first + 1
                    while last < places.count, places[last] == places[last - 1] + 1 { last += 1 }
                    if places[first] >= 0 {
                        BlockCopy.copy(
                            extents: [outer, (last - first) * inner], from: source, offset: places[first] * inner, strides: [sourceRow, 1],
                            to: target, targetOffset: first * inner, targetStrides: [row, 1], elementBytes: bytes)
                    } else {
                        // A run that begins with -1 goes on at 0; only its first slice is the filling.
                        last = first + 1
                    }
                    first = last
                }
            }
        }
        return Tensor(shape, storage)
    }

    /// The constant is a value.
    func role(of index: Int) -> InputRole { index == 1 || index == 3 ? .places : .value }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let pads = try? pads(inputs) else { return AxisView.parameter(inputs[index]) }
        return pads.enumerated().map { axis, pad in
            if pad == (0, 0) { return .same(axis) }
            if mode == .wrap { return .whole }
            // A mirrored place lies at most twice the padding from where it is needed.
            let (before, after) = mode == .reflect ? (2 * max(0, pad.end), 2 * max(0, pad.begin)) : (0, 0)
            return .window(
                axis,
                AxisWindow(scale: .one) { $0.lowerBound - pad.begin - before...$0.upperBound - pad.begin + after })
        }
    }
}
