/// What the pages of an image to be written look like, and in which order its planes come.
struct TIFFWritePlan {
    let height: Int
    let width: Int
    /// Chunky samples of a pixel: the extent of a last axis c, else 1.
    let samples: Int
    let planeValues: Int
    /// The planes of the image in the order of the pages: ImageJ's, channel fastest, then z, then time.
    let pageOrder: [Int]
    private let type: PixelType
    private let extents: [Axis: Int]
    private let spacing: [Axis: Double]

    init(_ image: Image, _ path: String) throws(ImageError) {
        let isChunky = image.axes.last == .channel
        let leading = Array(image.axes.dropLast(isChunky ? 3 : 2))
        guard image.axes.dropFirst(leading.count).prefix(2) == [.y, .x], !leading.contains(.y), !leading.contains(.x) else {
            let axes = image.axes.map(\.rawValue).joined(separator: ", ")
            throw ImageError(.unsuitable, file: path, "the image has axes (\(axes)); a TIFF needs pages of (y, x) or (y, x, c).")
        }
        height = image.extent(of: .y)
        width = image.extent(of: .x)
        samples = isChunky ? image.extent(of: .channel) : 1
        guard height <= Int32.max, width <= Int32.max, samples <= 65_535 else {
            throw ImageError(.unsuitable, file: path, "the image is larger than a TIFF page allows: \(image.shape).")
        }
        planeValues = height * width * samples
        type = image.pixels.type
        spacing = image.spacing.filter { $0.value > 0 && $0.value.isFinite }
        var extents: [Axis: Int] = [:]
        var strides: [Axis: Int] = [:]
        var stride = 1
        for (axis, extent) in zip(leading, image.shape).reversed() {
            extents[axis] = extent
            strides[axis] = stride
            stride *= extent
        }
        self.extents = extents
        guard stride <= 65_536 else { throw ImageError(.unsuitable, file: path, "the image has \(stride) planes; expected at most 65536.") }
        var order: [Int] = []
        for time in 0..<(extents[.time] ?? 1) {
            for z in 0..<(extents[.z] ?? 1) {
                for channel in 0..<(extents[.channel] ?? 1) {
                    order.append(time * (strides[.time] ?? 0) + z * (strides[.z] ?? 0) + channel * (strides[.channel] ?? 0))
                }
            }
        }
        pageOrder = order
    }

    /// Rows of a strip of about `bytes` bytes.
    func rowsPerStrip(_ bytes: Int) -> Int { min(height, max(1, bytes / (width * samples * type.byteCount))) }

    /// The directory of one page.
    func fields(strips: [(offset: Int, count: Int)], isLabel: Bool, isFirst: Bool) -> [TIFFField] {
        let isColor = samples == 3 || samples == 4
        let bits = [Int](repeating: type.byteCount * 8, count: samples)
        let format = type.isInteger ? (type == .int32 ? 2 : 1) : 3
        let extra = isColor ? samples - 3 : samples - 1
        var fields: [TIFFField] = [
            .long(.imageWidth, [width]), .long(.imageLength, [height]), .shorts(.bitsPerSample, bits),
            .short(.compression, isLabel ? TIFFCompression.lzw.rawValue : TIFFCompression.none.rawValue),
            .short(.photometricInterpretation, isColor ? 2 : 1), .long(.stripOffsets, strips.map(\.offset)),
            .short(.samplesPerPixel, samples),
            .long(.rowsPerStrip, [rowsPerStrip(1 << 17)]), .long(.stripByteCounts, strips.map(\.count)), .short(.planarConfiguration, 1),
            .shorts(.sampleFormat, [Int](repeating: format, count: samples)), .short(.resolutionUnit, 1),
        ]
        // The fourth sample of a colour is its alpha, not multiplied in; others have no stated meaning.
        if extra > 0 { fields.append(.shorts(.extraSamples, [Int](repeating: isColor ? 2 : 0, count: extra))) }
        for (axis, tag) in [(Axis.x, TIFFTag.xResolution), (.y, .yResolution)] {
            if let distance = spacing[axis], let fraction = Fraction.nearest(to: distance) {
                fields.append(.rational(tag, (fraction.denominator, fraction.numerator)))
            }
        }
        if isFirst { fields.append(.text(.imageDescription, description)) }
        return fields
    }

    /// ImageJ's lines; its readers, and ours, find axes and spacing there.
    private var description: String {
        var lines = ["ImageJ=1.11a", "images=\(pageOrder.count)"]
        for (axis, key) in [(Axis.channel, "channels"), (.z, "slices"), (.time, "frames")] {
            if let extent = extents[axis] { lines.append("\(key)=\(extent)") }
        }
        if extents.count > 1 || extents[.channel] ?? 1 > 1 { lines.append("hyperstack=true") }
        if !spacing.isEmpty { lines.append("unit=um") }
        if let distance = spacing[.z] { lines.append("spacing=\(distance)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A fraction of 32-bit numbers, as TIFF stores resolutions.
struct Fraction {
    let numerator: UInt32
    let denominator: UInt32

    /// The continued fraction of a positive number, as far as 32 bits go or until it is the number; `nil` if it is out of reach.
    static func nearest(to value: Double) -> Fraction? {
        guard value.isFinite, value > 1 / Double(UInt32.max), value < Double(UInt32.max) else { return nil }
        var (before, beforeBelow, current, currentBelow) = (0.0, 1.0, 1.0, 0.0)
        var rest = value
        for _ in 0..<64 {
            let whole = rest.rounded(.down)
            let next = whole * current + before
            let nextBelow = whole * currentBelow + beforeBelow
            guard next <= Double(UInt32.max), nextBelow <= Double(UInt32.max) else { break }
            (before, beforeBelow, current, currentBelow) = (current, currentBelow, next, nextBelow)
            if current / currentBelow == value || rest == whole { break }
            rest = 1 / (rest - whole)
        }
        guard current >= 1, currentBelow >= 1 else { return nil }
        return Fraction(numerator: UInt32(current), denominator: UInt32(currentBelow))
    }
}
