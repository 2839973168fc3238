/// `RoiAlign` (opset 10 and later): each region of an image, cut into bins, as the mean or largest of samples in each bin.
///
/// Image (batch, channels, y, x), regions (count, 4) as x, y, x, y, and the image of each; gives (count, channels, height, width). Samples
/// are bilinear, the pixels at a border go on by one pixel, beyond are zeros. "Largest" is ONNX's: of the four weighted pixels of all samples.
struct RegionPooling: Operator {
    private let node: Node
    private let height, width, samples: Int
    private let scale: Double
    private let isMaximum, isShifted: Bool

    /// The most samples in one region.
    private static let mostSamples = 1 << 22

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        if node.opset < 16 {
            try node.allow("mode", "output_height", "output_width", "sampling_ratio", "spatial_scale")
        } else {
            try node.allow("coordinate_transformation_mode", "mode", "output_height", "output_width", "sampling_ratio", "spatial_scale")
        }
        self.node = node
        height = try node.int("output_height") ?? 1
        width = try node.int("output_width") ?? 1
        samples = try node.int("sampling_ratio") ?? 0
        scale = Double(try node.float("spatial_scale") ?? 1)
        let mode = try node.string("mode") ?? "avg"
        let shift = try node.string("coordinate_transformation_mode") ?? (node.opset < 16 ? "output_half_pixel" : "half_pixel")
        guard ["avg", "max"].contains(mode), ["half_pixel", "output_half_pixel"].contains(shift), height > 0, width > 0, samples >= 0 else {
            throw node.error(
                .attribute,
                "mode '\(mode)', coordinate_transformation_mode '\(shift)', output \(height) x \(width), sampling_ratio \(samples); "
                    + "expected avg or max, half_pixel or output_half_pixel, a positive output and a ratio of at least 0")
        }
        isMaximum = mode == "max"
        isShifted = shift == "half_pixel"
    }

    func infer(_ inputs: [Signature?]) throws(NetworkError) -> [Signature] {
        let image = try node.required(inputs, 0), regions = try node.required(inputs, 1), batch = try node.required(inputs, 2)
        guard image.elementType.isReal, regions.elementType == image.elementType, batch.elementType == .int64 else {
            throw node.error(
                .unsupported,
                "image, regions and batch indices have the types \(image.elementType.rawValue), \(regions.elementType.rawValue) and \(batch.elementType.rawValue)"
            )
        }
        guard image.rank == 4, regions.rank == 2, regions.shape[1] == 4, batch.shape == [regions.shape[0]], !image.shape[2...].contains(0)
        else {
            throw node.error(.shape, "image \(image.shape), regions \(regions.shape) and batch indices \(batch.shape) do not fit together")
        }
        return [Signature([regions.shape[0], image.shape[1], height, width], image.elementType)]
    }

    func run(_ inputs: inout [Tensor?], outputs: [TensorType], context: RunContext) throws(NetworkError) -> [Tensor] {
        let image = try node.given(inputs, 0), regions = try node.given(inputs, 1).doubles, shape = outputs[0].shape
        let batch = try node.given(inputs, 2).integers ?? [], pixels = image.doubles, plane = image.shape[2] * image.shape[3]
        var results: [Double] = []
        results.reserveCapacity(outputs[0].count)
        for (region, source) in batch.enumerated() {
            guard source >= 0, source < image.shape[0] else {
                throw node.error(.shape, "region \(region) is in image \(source) of \(image.shape[0])")
            }
            let (rows, columns) = try regionSamples(Array(regions[region * 4..<region * 4 + 4]), Array(image.shape[2...]))
            for channel in 0..<shape[1] {
                let origin = (source * shape[1] + channel) * plane
                for row in rows {
                    for column in columns { results.append(pooled(row, column, width: image.shape[3], pixels, origin)) }
                }
            }
        }
        return [Tensor(shape, doubles: results, as: outputs[0].elementType)]
    }

    /// One bin: the samples at all pairs of its rows and columns.
    private func pooled(
        _ rows: [[GridSampler.Tap]], _ columns: [[GridSampler.Tap]], width: Int, _ pixels: [Double], _ origin: Int
    ) -> Double {
        var sum = 0.0, largest = -Double.infinity
        for row in rows {
            for column in columns {
                for y in row {
                    for x in column {
                        let value = y.weight * x.weight * pixels[origin + y.place * width + x.place]
                        sum += value
                        largest = max(largest, value)
                    }
                }
            }
        }
        if isMaximum { return rows.isEmpty || columns.isEmpty ? 0 : largest }
        return sum / Double(max(1, rows.count * columns.count))
    }

    /// The samples along y and x in each bin of a region.
    private func regionSamples(
        _ region: [Double], _ extents: [Int]
    ) throws(NetworkError) -> (rows: [[[GridSampler.Tap]]], columns: [[[GridSampler.Tap]]]) {
        let shift = isShifted ? 0.5 : 0, corners = region.map { $0 * scale - shift }
        var sizes = [corners[3] - corners[1], corners[2] - corners[0]]
        if !isShifted { sizes = sizes.map { max($0, 1) } }
        let counts = zip(sizes, [height, width]).map { size, count in
            samples > 0 ? Double(samples) : max(0, (size / Double(count)).rounded(.up))
        }
        let along = [counts[0] * Double(height), counts[1] * Double(width)], total = along[0] * along[1]
        guard corners.allSatisfy(\.isFinite) else {
            throw node.error(.shape, "the region \(region) times spatial_scale \(scale) is not finite; expected finite corners")
        }
        guard max(total, along[0], along[1]) <= Double(RegionPooling.mostSamples) else {
            throw node.error(.limit, "the region \(region) asks for \(total) samples; at most \(RegionPooling.mostSamples) are taken")
        }
        let rows = axisSamples(corners[1], sizes[0], bins: height, samples: Int(counts[0]), extent: extents[0])
        let columns = axisSamples(corners[0], sizes[1], bins: width, samples: Int(counts[1]), extent: extents[1])
        return (rows, columns)
    }

    /// For each bin along an axis the two pixels of each of its samples; none outside.
    private func axisSamples(_ start: Double, _ size: Double, bins: Int, samples: Int, extent: Int) -> [[[GridSampler.Tap]]] {
        let step = size / Double(bins)
        return (0..<bins).map { bin in
            (0..<samples).map { sample in
                let place = start + Double(bin) * step + (Double(sample) + 0.5) * step / Double(samples)
                guard place >= -1, place <= Double(extent) else { return [GridSampler.Tap(place: 0, weight: 0)] }
                let inside = min(max(place, 0), Double(extent - 1)), low = Int(inside), fraction = inside - Double(low)
                return [.init(place: low, weight: 1 - fraction), .init(place: min(low + 1, extent - 1), weight: fraction)]
            }
        }
    }

    /// Regions may be anywhere in the image.
    func views(of index: Int, inputs: [Signature?], outputs: [TensorType]) -> [AxisView] {
        (inputs[index]?.shape ?? []).indices.map { index == 0 && $0 == 1 ? .same(1) : .whole }
    }
}
