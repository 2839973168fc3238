internal import CKernels

/// `Resize` and `Upsample` in all modes, from opset 7 and 10 on: nearest (four roundings), linear and cubic, antialiased or not, over any
/// axes, with all coordinate transformations. Nearest and linear in the common coordinates run by kernels with exact places.
struct Resizing: Operator {
    private enum Policy: String { case stretch, notLarger = "not_larger", notSmaller = "not_smaller" }

    let node: Node
    private let kernel: ResizeFilter.Kernel
    private let coordinates: ResizeFilter.Coordinates
    private let attributeScales: [Float]?
    private let attributeAxes: [Int]?
    private let antialias: Bool
    private let excludesOutside: Bool
    private let extrapolation: Float
    private let policy: Policy

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        let isUpsample = node.operatorType == "Upsample"
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
            // Opset 11 alone had a name of its own for nearest neighbours at half pixels.
            guard let known = ResizeFilter.Coordinates(rawValue: text == "tf_half_pixel_for_nn" ? "half_pixel" : text) else {
                throw node.error(
                    .attribute,
                    "coordinate_transformation_mode is '\(text)'; expected half_pixel, half_pixel_symmetric, pytorch_half_pixel, "
                        + "align_corners, asymmetric or tf_crop_and_resize")
            }
            coordinates = known
        }
        let rounding = try node.string("nearest_mode") ?? (isUpsample || node.opset == 10 ? "floor" : "round_prefer_floor")
        guard let rounding = ResizeAxis.Rounding(rawValue: rounding) else {
            throw node.error(
                .attribute, "nearest_mode is '\(rounding)'; expected round_prefer_floor, round_prefer_ceil, floor or ceil")
        }
        switch try node.string("mode") ?? "nearest" {
        case "nearest": kernel = .nearest(rounding)
        case "linear", "bilinear": kernel = .linear
        case "cubic": kernel = .cubic(Double(try node.float("cubic_coeff_a") ?? -0.75))
        case let other: throw node.error(.attribute, "mode is '\(other)'; expected nearest, linear or cubic")
        }
        let text = try node.string("keep_aspect_ratio_policy") ?? "stretch"
        guard let policy = Policy(rawValue: text) else {
            throw node.error(.attribute, "keep_aspect_ratio_policy is '\(text)'; expected stretch, not_larger or not_smaller")
        }
        self.policy = policy
        antialias = try node.flag("antialias")
        excludesOutside = try node.flag("exclude_outside")
        extrapolation = try node.float("extrapolation_value") ?? 0
    }

    /// How one axis is resized.
    private enum Axis {
        case exact(ResizeAxis)
        case filtered(ResizeFilter)

        var extents: (input: Int, output: Int) {
            switch self {
            case .exact(let axis): (axis.input, axis.output)
            case .filtered(let filter): (filter.input, filter.output)
            }
        }

        var isIdentity: Bool { if case .exact(let axis) = self { axis.isIdentity } else { false } }
    }

    /// An axis by kernels where they have the mode, else in the general form.
    private func axis(input: Int, output: Int, scale: Ratio, region: (start: Double, end: Double)?) -> Axis {
        // Corners of an extent that the scale does not give as a whole number lie between pixels.
        let isWhole = input * scale.numerator == output * scale.denominator
        let coordinates = coordinates == .halfPixelSymmetric && isWhole ? .halfPixel : coordinates
        var known = ResizeAxis.Coordinates(rawValue: coordinates.rawValue)
        if coordinates == .alignCorners && !isWhole || coordinates == .pytorchHalfPixel && output == 1 { known = nil }
        if let known, !antialias, !excludesOutside {
            switch kernel {
            case .nearest(let rounding):
                return .exact(ResizeAxis(input: input, output: output, scale: scale, coordinates: known, mode: .nearest(rounding)))
            case .linear: return .exact(ResizeAxis(input: input, output: output, scale: scale, coordinates: known, mode: .linear))
            case .cubic: break
            }
        }
        if input == output, scale == .one, coordinates != .cropAndResize || region == nil || region ?? (0, 1) == (0, 1) {
            return .exact(ResizeAxis(input: input, output: output, scale: .one, coordinates: .asymmetric, mode: .linear))
        }
        return .filtered(
            ResizeFilter(
                input: input, output: output, scale: scale, coordinates: coordinates, kernel: kernel, antialias: antialias,
                excludesOutside: excludesOutside, region: region ?? (0, 1)))
    }

    /// Whether every axis is one of those with a kernel, whatever the extents.
    var hasBlockedKernel: Bool {
        let isPlain = !antialias && !excludesOutside && policy == .stretch && (coordinates == .halfPixel || coordinates == .asymmetric)
        if case .cubic = kernel { return false }
        return isPlain
    }

    /// The resize of each axis by a kernel; `nil` if one needs the general form.
    func exactAxes(_ inputs: [Signature?]) throws(NetworkError) -> [ResizeAxis]? {
        var exact: [ResizeAxis] = []
        for axis in try axes(inputs) {
            guard case .exact(let axis) = axis else { return nil }
            exact.append(axis)
        }
        return exact
    }

    /// The resize of each axis.
    private func axes(_ inputs: [Signature?]) throws(NetworkError) -> [Axis] {
        let input = try node.required(inputs, 0)
        guard input.elementType.isNumber else {
            throw node.error(.unsupported, "the input has elements of type \(input.elementType.rawValue); expected numbers")
        }
        let targets =
            try attributeAxes.map { (axes) throws(NetworkError) in try node.axes(axes, rank: input.rank) } ?? Array(0..<input.rank)
        let scaleIndex = node.operatorType == "Resize" && node.opset > 10 ? 2 : 1
        let regions = coordinates == .cropAndResize ? try node.knownValue(inputs, 1, "the region")?.doubles ?? [] : []
        guard regions.isEmpty || regions.count == 2 * targets.count else {
            throw node.error(.shape, "the region has \(regions.count) numbers for \(targets.count) axes")
        }
        guard input.shape.allSatisfy({ $0 <= TensorReader.largestExtent }) else {
            throw node.error(.shape, "resizes the shape \(input.shape); expected extents of at most \(TensorReader.largestExtent)")
        }
        var result = input.shape.map {
            Axis.exact(ResizeAxis(input: $0, output: $0, scale: .one, coordinates: .asymmetric, mode: .linear))
        }
        let wanted = try ratios(inputs, shape: targets.map { input.shape[$0] }, scaleIndex)
        for (index, axis) in targets.enumerated() {
            let region = regions.isEmpty ? nil : (start: regions[index], end: regions[index + targets.count])
            result[axis] = self.axis(
                input: input.shape[axis], output: wanted[index].output, scale: wanted[index].ratio, region: region)
        }
        return result
    }

    /// Scale and output extent of each resized axis, from scales or sizes.
    private func ratios(_ inputs: [Signature?], shape: [Int], _ scaleIndex: Int) throws(NetworkError) -> [(
        ratio: Ratio, output: Int
    )] {
        if let scales = try knownScales(inputs, scaleIndex), !scales.isEmpty {
            guard scales.count == shape.count else { throw node.error(.shape, "\(scales.count) scales for \(shape.count) axes") }
            return try zip(shape, scales).map { (extent, scale) throws(NetworkError) in
                guard let ratio = Ratio(scale: scale) else {
                    throw node.error(.attribute, "scale \(scale); expected a positive number up to 1048576")
                }
                return (ratio, extent * ratio.numerator / ratio.denominator)
            }
        }
        guard let sizes = try node.knownExtents(inputs, 3, "sizes"), sizes.count == shape.count, sizes.allSatisfy({ $0 > 0 }) else {
            throw node.error(.shape, "neither scales nor positive sizes are given for \(shape.count) axes")
        }
        let scales = zip(sizes, shape).map { Double($0) / Double($1) }
        guard policy != .stretch, let common = policy == .notLarger ? scales.min() : scales.max(),
            let place = scales.firstIndex(of: common), let ratio = Ratio(sizes[place], shape[place])
        else {
            return try zip(sizes, shape).map { (size, extent) throws(NetworkError) in
                guard let ratio = Ratio(size, extent) else { throw node.error(.shape, "resizes an extent of \(extent) to \(size)") }
                return (ratio, size)
            }
        }
        // The nearest whole extents, halves upwards.
        return shape.map { (ratio, floorDivide(2 * $0 * ratio.numerator + ratio.denominator, 2 * ratio.denominator)) }
    }

    private func knownScales(_ inputs: [Signature?], _ index: Int) throws(NetworkError) -> [Float]? {
        if let attributeScales { return attributeScales }
        guard let value = try node.knownValue(inputs, index, "the scales") else { return nil }
        guard let scales = value.floats else { throw node.error(.unsupported, "the scales are not float32") }
        return scales
    }

    /// The extents of each axis, whether it is changed, and whether by a kernel.
    func extents(_ inputs: [Signature?]) throws(NetworkError) -> [(input: Int, output: Int, changes: Bool, isExact: Bool)] {
        try axes(inputs).map { axis in
            if case .exact = axis {
                (axis.extents.input, axis.extents.output, !axis.isIdentity, true)
            } else {
                (axis.extents.input, axis.extents.output, true, false)
            }
        }
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        [Signature(try axes(inputs).map(\.extents.output), try node.required(inputs, 0).elementType)]
    }

    /// Input 1 is the region from opset 11 on, before that the scales.
    func role(of index: Int) -> InputRole { index > (node.opset > 10 ? 1 : 0) ? .places : .value }

    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        guard index == 0, let axes = try? axes(inputs) else { return AxisView.parameter(inputs[index]) }
        return axes.enumerated().map { index, axis in
            switch axis {
            case .exact(let axis): return axis.view(index)
            case .filtered(let filter):
                guard filter.isLocal else { return .whole }
                return .window(index, AxisWindow(scale: filter.scale) { filter.reads($0) })
            }
        }
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

        /// - Parameter repeated: how many times as much lies in front of the axis as the step was made for.
        func run(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, repeated: Int = 1) {
            let (outer, inner) = (Int64(outer * repeated), Int64(inner))
            switch axis.mode {
            case .nearest: ck_resize_nearest(outer, Int64(axis.input), Int64(axis.output), inner, low, source, target)
            case .linear: ck_resize_linear(outer, Int64(axis.input), Int64(axis.output), inner, low, high, weight, source, target)
            }
        }
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let known = try axes(inputs.map { $0.map(Signature.init) })
        var axes: [ResizeAxis] = []
        for case .exact(let axis) in known { axes.append(axis) }
        guard axes.count == known.count, outputs[0].elementType == .float32 else { return [try filtered(inputs, known)] }
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
        let middle = steps.dropLast().map(\.resultCount).max() ?? 0, scratchBytes = Self.scratchBytes(steps.map(\.resultCount))
        let values = try floats(count: outputs[0].count) { (target) throws(NetworkError) in
            try Parallel.run(
                threads: min(context.threads, max(1, Self.mostScratchBytes / max(1, scratchBytes))), blocks: planes,
                scratchBytes: scratchBytes
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

    /// The general form: one axis after the other, in float32; whole numbers are rounded to the nearest.
    private func filtered(_ inputs: [Tensor?], _ axes: [Axis]) throws(NetworkError) -> Tensor {
        let input = try node.given(inputs, 0)
        guard var values = input.cast(to: .float32).floats else { throw node.error(.internalFault, "the input is missing") }
        var shape = input.shape
        for (index, axis) in axes.enumerated() where !axis.isIdentity {
            let outer = shape[..<index].reduce(1, *), inner = shape[(index + 1)...].reduce(1, *)
            switch axis {
            case .filtered(let filter):
                values = filter.apply(values, outer: outer, inner: inner, extrapolation: extrapolation)
            case .exact(let exact):
                let step = Step(exact, outer: outer, inner: inner), source = values
                values = try floats(count: step.resultCount) { (target) throws(NetworkError) in
                    source.withUnsafeBufferPointer { source in
                        if let source = source.baseAddress { step.run(source, target) }
                    }
                }
            }
            shape[index] = axis.extents.output
        }
        if input.elementType.isInteger { values = values.map { $0.rounded(.toNearestOrEven) } }
        return Tensor(shape, .float32(values)).cast(to: input.elementType)
    }
}
