internal import CKernels

/// `Resize` and `Upsample`: nearest (four roundings) and linear, over any axes; coordinates half_pixel, pytorch_half_pixel,
/// asymmetric and align_corners.
struct Resizing: Operator {
    let node: Node
    private let mode: ResizeAxis.Mode
    private let coordinates: ResizeAxis.Coordinates
    private let attributeScales: [Float]?
    private let attributeAxes: [Int]?

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        let isUpsample = node.operatorType == "Upsample"
        try node.expect(opset: isUpsample ? 7...9 : 10...25)
        attributeAxes = try node.ints("axes")
        attributeScales = try node.floats("scales")
        if isUpsample || node.opset == 10 {
            if isUpsample && node.opset < 9 { try node.allow("mode", "scales") } else { try node.allow("mode") }
            try node.expect(inputs: isUpsample && node.opset < 9 ? 1...1 : 2...2)
            coordinates = .asymmetric
        } else {
            try node.allow(
                "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside", "extrapolation_value",
                "keep_aspect_ratio_policy", "mode", "nearest_mode")
            try node.expect(inputs: 1...4)
            let text = try node.string("coordinate_transformation_mode") ?? "half_pixel"
            guard let known = ResizeAxis.Coordinates(rawValue: text) else {
                throw node.error(
                    .unsupported,
                    "coordinate_transformation_mode '\(text)'; the core has half_pixel, pytorch_half_pixel, asymmetric, align_corners")
            }
            coordinates = known
        }
        let rounding = try node.string("nearest_mode") ?? (isUpsample || node.opset == 10 ? "floor" : "round_prefer_floor")
        guard let rounding = ResizeAxis.Rounding(rawValue: rounding) else {
            throw node.error(.attribute, "nearest_mode is '\(rounding)'")
        }
        switch try node.string("mode") ?? "nearest" {
        case "nearest": mode = .nearest(rounding)
        case "linear", "bilinear": mode = .linear
        case let other: throw node.error(.unsupported, "mode '\(other)'; the core has nearest and linear")
        }
        let policy = try node.string("keep_aspect_ratio_policy") ?? "stretch"
        guard try !node.flag("antialias"), policy == "stretch" else {
            throw node.error(.unsupported, "antialias and keep_aspect_ratio_policy '\(policy)'; the core stretches without antialiasing")
        }
    }

    /// The resize of each axis.
    func axes(_ inputs: [Signature?]) throws(NetworkError) -> [ResizeAxis] {
        let input = try node.floatSignature(inputs)
        let targets =
            try attributeAxes.map { (axes) throws(NetworkError) in try node.axes(axes, rank: input.rank) } ?? Array(0..<input.rank)
        let scaleIndex = node.operatorType == "Resize" && node.opset > 10 ? 2 : 1
        var result = input.shape.map { ResizeAxis(input: $0, output: $0, scale: .one, coordinates: coordinates, mode: mode) }
        if let scales = try knownScales(inputs, scaleIndex), !scales.isEmpty {
            guard scales.count == targets.count else {
                throw node.error(.shape, "\(scales.count) scales for \(targets.count) axes")
            }
            for (axis, scale) in zip(targets, scales) {
                guard let ratio = Ratio(scale: scale), input.shape[axis] <= TensorReader.largestExtent else {
                    throw node.error(.shape, "scale \(scale); expected a positive number up to 1048576")
                }
                let output = input.shape[axis] * ratio.numerator / ratio.denominator
                result[axis] = ResizeAxis(input: input.shape[axis], output: output, scale: ratio, coordinates: coordinates, mode: mode)
            }
        } else {
            guard let sizes = try node.knownIntegers(inputs, 3, "sizes"), sizes.count == targets.count else {
                throw node.error(.shape, "neither scales nor sizes are given for \(targets.count) axes")
            }
            for (axis, size) in zip(targets, sizes) {
                guard let ratio = Ratio(size, input.shape[axis]) else {
                    throw node.error(.shape, "resizes an extent of \(input.shape[axis]) to \(size)")
                }
                result[axis] = ResizeAxis(input: input.shape[axis], output: size, scale: ratio, coordinates: coordinates, mode: mode)
            }
        }
        guard result.allSatisfy({ $0.output == 0 || $0.input > 0 }) else { throw node.error(.shape, "resizes an empty image") }
        return result
    }

    private func knownScales(_ inputs: [Signature?], _ index: Int) throws(NetworkError) -> [Float]? {
        if let attributeScales { return attributeScales }
        guard index < inputs.count, let input = inputs[index] else { return nil }
        guard let value = input.value, let scales = value.floats else {
            throw node.error(.unsupported, "scales depend on pixel values or are not float32")
        }
        return scales
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(try axes(inputs).map(\.output), .float32)]
    }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let axes = try? axes(inputs) else { return AxisView.detached(inputs[index]) }
        return axes.enumerated().map { $1.view($0) }
    }
}

// MARK: - Running

extension Resizing {
    /// One step: an axis with its table, the number of values that lie behind it, and repetitions in front of it.
    struct Step {
        let axis: ResizeAxis
        let outer: Int
        let inner: Int
        let low: [Int32]
        let high: [Int32]
        let weight: [Float]

        init(_ axis: ResizeAxis, outer: Int, inner: Int) {
            self.axis = axis
            self.outer = outer
            self.inner = inner
            (low, high, weight) = axis.table()
        }

        var resultCount: Int { outer * axis.output * inner }

        func run(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
            let (outer, inner) = (Int64(outer), Int64(inner))
            switch axis.mode {
            case .nearest: ck_resize_nearest(outer, Int64(axis.input), Int64(axis.output), inner, low, source, target)
            case .linear: ck_resize_linear(outer, Int64(axis.input), Int64(axis.output), inner, low, high, weight, source, target)
            }
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let axes = try axes(inputs.map { $0.map(Signature.init) })
        let image = try floatInput(&inputs, 0, node)
        let changed = axes.indices.filter { !axes[$0].isIdentity }
        guard let first = changed.first else { return [Tensor(outputs[0].shape, .float32(image))] }
        // The last axis first: the long rows of the others are then resized as a whole.
        var extents = axes.map(\.input)
        var steps: [Step] = []
        for axis in changed.reversed() {
            steps.append(
                Step(axes[axis], outer: extents[first..<axis].reduce(1, *), inner: extents[(axis + 1)...].reduce(1, *)))
            extents[axis] = axes[axis].output
        }
        let planes = extents[..<first].reduce(1, *), size = axes[first...].reduce(1) { $0 * $1.input }
        let resultSize = axes[first...].reduce(1) { $0 * $1.output }
        let middle = steps.dropLast().map(\.resultCount).max() ?? 0
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            try Parallel.run(
                threads: context.threads, blocks: planes, scratchBytes: 2 * middle * MemoryLayout<Float>.stride
            ) { plane, scratch in
                image.withUnsafeBufferPointer { source in
                    guard var from = source.baseAddress.map({ $0 + plane * size }) else { return }
                    let halves = scratch?.assumingMemoryBound(to: Float.self)
                    for (index, step) in steps.enumerated() {
                        let isLast = index == steps.count - 1
                        guard let to = isLast ? target + plane * resultSize : halves.map({ $0 + index % 2 * middle }) else { return }
                        step.run(from, to)
                        from = UnsafePointer(to)
                    }
                }
            }
        }
        return [Tensor(outputs[0].shape, .float32(values))]
    }
}
