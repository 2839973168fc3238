internal import CKernels

/// The sliding window of a convolution or pooling, as the attributes state it.
struct WindowGeometry: Sendable {
    enum AutoPad: String { case explicit = "NOTSET", sameUpper = "SAME_UPPER", sameLower = "SAME_LOWER", valid = "VALID" }

    let kernel: [Int]?
    let strides: [Int]?
    let dilations: [Int]?
    let pads: [Int]?
    let autoPad: AutoPad
    let ceilMode: Bool

    /// Reads `kernel_shape`, `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
    init(_ node: Node) throws(NetworkError) {
        kernel = try node.ints("kernel_shape")
        strides = try node.ints("strides")
        dilations = try node.ints("dilations")
        pads = try node.ints("pads")
        ceilMode = try node.flag("ceil_mode")
        let text = try node.string("auto_pad") ?? AutoPad.explicit.rawValue
        guard let autoPad = AutoPad(rawValue: text) else {
            throw node.error(.attribute, "auto_pad is '\(text)'; expected NOTSET, SAME_UPPER, SAME_LOWER or VALID")
        }
        self.autoPad = autoPad
        for (name, values) in [("kernel_shape", kernel), ("strides", strides), ("dilations", dilations)] {
            guard let values else { continue }
            guard (1...3).contains(values.count), values.allSatisfy({ $0 > 0 }) else {
                throw node.error(.attribute, "\(name) is \(values); expected one to three positive numbers")
            }
        }
        if let pads {
            guard pads.allSatisfy({ $0 >= 0 }) else { throw node.error(.unsupported, "pads are \(pads); the core pads by 0 or more") }
        }
    }

    /// Whether a window of extent 1 reads each position's own place alone.
    var isPointwise: Bool { (strides ?? []).allSatisfy { $0 == 1 } && (pads ?? []).allSatisfy { $0 == 0 } }

    /// The window for input spatial extents; `kernelExtents` are those of the weights where there are any.
    func window(over spatial: [Int], kernelExtents: [Int]? = nil, node: Node) throws(NetworkError) -> Window {
        guard (1...3).contains(spatial.count) else {
            throw node.error(.unsupported, "the input has \(spatial.count) spatial axes; the core has one to three")
        }
        guard let kernel = kernelExtents ?? kernel, kernel.count == spatial.count, self.kernel == nil || self.kernel == kernel else {
            throw node.error(
                .shape,
                "kernel_shape \(self.kernel ?? []), weights \(kernelExtents ?? []) and \(spatial.count) spatial axes do not fit together")
        }
        let ones = [Int](repeating: 1, count: spatial.count)
        let strides = self.strides ?? ones, dilations = self.dilations ?? ones
        let pads = self.pads ?? [Int](repeating: 0, count: 2 * spatial.count)
        guard strides.count == spatial.count, dilations.count == spatial.count, pads.count == 2 * spatial.count else {
            throw node.error(.attribute, "strides, dilations or pads do not fit \(spatial.count) spatial axes")
        }
        var axes: [Window.Axis] = []
        for index in spatial.indices {
            let (product, overflow) = (kernel[index] - 1).multipliedReportingOverflow(by: dilations[index])
            guard !overflow, product < 1 << 40 else { throw node.error(.limit, "the dilated kernel is too large") }
            axes.append(
                try axis(
                    input: spatial[index], kernel: kernel[index], stride: strides[index], dilation: dilations[index], begin: pads[index],
                    end: pads[index + spatial.count], node: node))
        }
        return Window(axes: axes)
    }

    private func axis(
        input: Int, kernel: Int, stride: Int, dilation: Int, begin: Int, end: Int, node: Node
    ) throws(NetworkError) -> Window.Axis {
        let span = (kernel - 1) * dilation + 1
        var (begin, end) = (begin, end)
        if autoPad == .valid { (begin, end) = (0, 0) }
        if autoPad == .sameUpper || autoPad == .sameLower {
            let output = (input + stride - 1) / stride
            let total = max(0, (output - 1) * stride + span - input)
            begin = autoPad == .sameUpper ? total / 2 : total - total / 2
            end = total - begin
        }
        let room = input + begin + end - span
        var output = (ceilMode ? ceilDivide(room, stride) : floorDivide(room, stride)) + 1
        // A last window that is not whole and would start in the padding behind the input is left out.
        if ceilMode, room % stride != 0, (output - 1) * stride >= input + begin { output -= 1 }
        guard output > 0 else {
            throw node.error(
                .shape, "an extent of \(input) with \(begin) + \(end) padding is smaller than the kernel's \(span); use a larger image")
        }
        return Window.Axis(
            input: input, output: output, kernel: kernel, stride: stride, dilation: dilation, padBegin: begin, padEnd: end)
    }
}

/// A sliding window with all its numbers known.
struct Window: Sendable {
    struct Axis: Sendable {
        let input, output, kernel, stride, dilation, padBegin, padEnd: Int
    }

    let axes: [Axis]

    var outputShape: [Int] { axes.map(\.output) }

    /// Whether each position reads its own place alone.
    var isPointwise: Bool { axes.allSatisfy { $0.kernel == 1 && $0.stride == 1 && $0.padBegin == 0 && $0.padEnd == 0 } }

    /// The window as the kernels take it: three axes, those that are not there of extent 1 in front.
    var kernelWindow: ck_window {
        func triple(_ values: [Int], fill: Int64) -> (Int64, Int64, Int64) {
            let padded = [Int64](repeating: fill, count: 3 - values.count) + values.map(Int64.init)
            return (padded[0], padded[1], padded[2])
        }
        return ck_window(
            input: triple(axes.map(\.input), fill: 1), output: triple(axes.map(\.output), fill: 1),
            kernel: triple(axes.map(\.kernel), fill: 1),
            stride: triple(axes.map(\.stride), fill: 1), dilation: triple(axes.map(\.dilation), fill: 1),
            pad: triple(axes.map(\.padBegin), fill: 0))
    }

    /// How the spatial axes (tensor axes 2…) of the input are seen.
    var views: [AxisView] {
        axes.enumerated().map { index, axis in
            if axis.kernel == 1, axis.stride == 1, axis.padBegin == 0, axis.padEnd == 0 { return .same(index + 2) }
            guard let scale = Ratio(1, axis.stride) else { return .whole }
            return .window(
                index + 2,
                AxisWindow(scale: scale) { output in
                    let start = output.lowerBound * axis.stride - axis.padBegin
                    return start...(output.upperBound * axis.stride - axis.padBegin + (axis.kernel - 1) * axis.dilation)
                })
        }
    }
}
