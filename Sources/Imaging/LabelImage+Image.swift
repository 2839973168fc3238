extension LabelImage {
    /// Takes an image's values as object ids.
    ///
    /// The image must have axes `(y, x)` or `(z, y, x)` and whole, non-negative values; nothing is rounded, clipped or renumbered.
    /// - Throws: `ImageError` of kind `unsuitable` that says which of these is not so, with the first offending pixel.
    public init(_ image: Image) throws(ImageError) {
        guard image.axes == [.y, .x] || image.axes == [.z, .y, .x] else {
            let axes = image.axes.map(\.rawValue).joined(separator: ", ")
            throw ImageError(
                .unsuitable,
                "the image has axes (\(axes)); labels need (y, x) or (z, y, x). Store one label image without channels or times.")
        }
        let labels: [UInt32]
        switch image.pixels {
        case .uint8(let values): labels = values.map(UInt32.init)
        case .uint16(let values): labels = values.map(UInt32.init)
        case .uint32(let values): labels = values
        case .int32(let values):
            if let index = values.firstIndex(where: { $0 < 0 }) {
                let place = LabelImage.position(of: index, in: image.shape)
                throw ImageError(
                    .unsuitable,
                    "the value at \(place) is \(values[index]); labels are 0 (background) or positive. Renumber the objects from 1.")
            }
            labels = values.map { UInt32(bitPattern: $0) }
        case .float32, .float64:
            throw ImageError(
                .unsuitable, "the pixels are \(image.pixels.type.rawValue); labels are whole numbers. Store them as uint16 or uint32.")
        }
        let spacing = image.axes.map { image.spacing[$0] }
        guard let result = LabelImage(shape: image.shape, labels: labels, spacing: spacing) else {
            throw ImageError(.unsuitable, "the number of labels is not the product of the shape \(image.shape).")
        }
        self = result
    }

    /// The image with these labels: `uint16` where they fit, else `uint32`.
    public var image: Image? {
        let axes: [Axis] = shape.count == 3 ? [.z, .y, .x] : [.y, .x]
        guard axes.count == shape.count else { return nil }
        var known: [Axis: Double] = [:]
        for (axis, distance) in zip(axes, spacing) { known[axis] = distance }
        let isSmall = (labels.max() ?? 0) <= UInt16.max
        let pixels: Pixels = isSmall ? .uint16(labels.map { UInt16($0) }) : .uint32(labels)
        return Image(shape: shape, axes: axes, spacing: known, pixels: pixels)
    }

    private static func position(of index: Int, in shape: [Int]) -> String {
        var rest = index
        var place: [Int] = []
        for extent in shape.reversed() {
            place.insert(rest % extent, at: 0)
            rest /= extent
        }
        return "(" + place.map(String.init).joined(separator: ", ") + ")"
    }
}
