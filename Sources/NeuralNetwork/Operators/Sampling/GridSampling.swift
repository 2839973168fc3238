#if canImport(Glibc)
    internal import Glibc
#else
    internal import Foundation
#endif

/// `GridSample` (opset 16 and later): values of an image at places that a grid lists, over one to three spatial axes.
///
/// Image (batch, channels, spatial…), grid (batch, output spatial…, axes) with the last spatial axis first, -1…1 over the image:
/// to the outer edges of the border pixels, or to their centres with `align_corners`. Linear and cubic (Keys, a = -0.75) interpolation
/// or the nearest pixel, ties to even; outside are zeros, the border's pixel or the reflected image. A place that is no number is
/// outside, or the first pixel where there is no outside. Places have the grid's precision, sums are in double precision.
struct GridSampling: Operator {
    private let node: Node
    private let sampler: GridSampler

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 2...2)
        try node.allow("align_corners", "mode", "padding_mode")
        self.node = node
        let names: [String: GridSampler.Mode] =
            node.opset < 20
            ? ["bilinear": .linear, "nearest": .nearest, "bicubic": .cubic] : ["linear": .linear, "nearest": .nearest, "cubic": .cubic]
        let mode = try node.string("mode") ?? (node.opset < 20 ? "bilinear" : "linear")
        let padding = try node.string("padding_mode") ?? "zeros"
        guard let known = names[mode], let outside = GridSampler.Padding(rawValue: padding) else {
            throw node.error(
                .attribute,
                "mode is '\(mode)' and padding_mode '\(padding)'; expected \(names.keys.sorted().joined(separator: ", ")) and zeros, border, "
                    + "reflection")
        }
        sampler = GridSampler(mode: known, padding: outside, alignsCorners: try node.flag("align_corners"))
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.required(inputs, 0), grid = try node.required(inputs, 1)
        guard image.elementType.isReal, grid.elementType.isReal else {
            throw node.error(
                .unsupported,
                "image and grid have the types \(image.elementType.rawValue) and \(grid.elementType.rawValue); expected fractions")
        }
        guard (3...5).contains(image.rank), grid.rank == image.rank, grid.shape[0] == image.shape[0], grid.shape.last == image.rank - 2
        else {
            throw node.error(
                .shape,
                "image \(image.shape) and grid \(grid.shape) do not fit; expected (batch, channels, spatial…) with one to three spatial axes and "
                    + "(batch, spatial…, axes)")
        }
        guard !image.shape[2...].contains(0) else { throw node.error(.shape, "the image \(image.shape) has no pixels") }
        return [Signature(Array(image.shape[..<2]) + Array(grid.shape[1..<grid.rank - 1]), image.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, 0), grid = try node.given(inputs, 1), shape = outputs[0].shape
        let spatial = Array(image.shape[2...]), channels = shape[1], plane = spatial.reduce(1, *), positions = shape[2...].reduce(1, *)
        let isSingle = grid.elementType == .float32, places = grid.doubles, pixels = image.doubles, rank = spatial.count
        let size = 1024, blocks = (positions + size - 1) / size
        var results = [Double](repeating: 0, count: outputs[0].count)
        var failure: NetworkError?
        results.withUnsafeMutableBufferPointer { results in
            // Each block writes its own positions only.
            nonisolated(unsafe) let results = results
            do throws(NetworkError) {
                try Parallel.run(threads: context.threads, blocks: shape[0] * blocks) { block, _ in
                    let image = block / blocks
                    for position in block % blocks * size..<min(positions, (block % blocks + 1) * size) {
                        let start = (image * positions + position) * rank
                        let taps = sampler.taps(Array(places[start..<start + rank].reversed()), spatial, isSingle: isSingle)
                        for channel in 0..<channels {
                            let origin = (image * channels + channel) * plane
                            var sum = 0.0
                            for tap in taps { sum += tap.weight * pixels[origin + tap.place] }
                            results[(image * channels + channel) * positions + position] = sum
                        }
                    }
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return [Tensor(shape, doubles: results, as: outputs[0].elementType)]
    }

    /// The grid's places may be anywhere in the image.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        let rank = outputs[0].shape.count
        return (inputs[index]?.shape ?? []).indices.map { axis in
            if index == 0 { return axis < 2 ? .same(axis) : .whole }
            return axis == 0 ? .same(0) : axis < rank - 1 ? .same(axis + 1) : .whole
        }
    }
}
