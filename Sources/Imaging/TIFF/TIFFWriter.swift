import CImageFormats

/// Writes TIFF in the one profile that ImageJ, ITK and scikit-image all read right: classic, little endian, strips, uncompressed for
/// images and LZW without predictor for labels, one page for each plane, an ImageJ description for axes and spacing.
enum TIFFWriter {
    /// Uncompressed bytes of a strip: small enough to stream, large enough to keep their number low.
    private static let stripBytes = 1 << 17

    static func write(_ image: Image, isLabel: Bool, to path: String) throws(ImageError) {
        let plan = try TIFFWritePlan(image, path)
        let lastByte = UInt64(plan.planeValues) * UInt64(plan.pageOrder.count) * UInt64(image.pixels.type.byteCount)
        // LZW can grow by half; directories and strip lists are small against the rest.
        guard lastByte + lastByte / 2 + (1 << 24) < UInt64(UInt32.max) else {
            throw ImageError(
                .unsuitable, file: path, "the image has \(lastByte) bytes of pixels, too many for a classic TIFF of 4 GB. Split it.")
        }
        try AtomicFile.make(path) { (file) throws(ImageError) in
            try file.append([0x49, 0x49, 42, 0, 0, 0, 0, 0])
            var position = 8
            var strips: [[(offset: Int, count: Int)]] = []
            for plane in plan.pageOrder {
                strips.append(try writeStrips(image.pixels, plane: plane, plan, isLabel, file, &position))
            }
            if position % 2 != 0 {
                try file.append([0])
                position += 1
            }
            try file.replace(at: 4, with: little(UInt32(position)))
            for (index, pageStrips) in strips.enumerated() {
                let fields = plan.fields(strips: pageStrips, isLabel: isLabel, isFirst: index == 0)
                let bytes = directory(fields, at: position, isLast: index == strips.count - 1)
                try file.append(bytes)
                position += bytes.count
            }
        }
    }

    private static func writeStrips(
        _ pixels: Pixels, plane: Int, _ plan: TIFFWritePlan, _ isLabel: Bool, _ file: AtomicFile, _ position: inout Int
    ) throws(ImageError) -> [(offset: Int, count: Int)] {
        var strips: [(offset: Int, count: Int)] = []
        let rowValues = plan.width * plan.samples
        for row in stride(from: 0, to: plan.height, by: plan.rowsPerStrip(stripBytes)) {
            let start = plane * plan.planeValues + row * rowValues
            let rows = min(plan.rowsPerStrip(stripBytes), plan.height - row)
            var bytes = pixels.littleEndianBytes(start..<start + rows * rowValues)
            if isLabel { bytes = try lzw(bytes) }
            try file.append(bytes)
            strips.append((position, bytes.count))
            position += bytes.count
        }
        return strips
    }

    private static func lzw(_ bytes: [UInt8]) throws(ImageError) -> [UInt8] {
        let encoded = [UInt8](unsafeUninitializedCapacity: cif_lzw_bound(bytes.count)) { buffer, count in
            count = buffer.baseAddress.map { cif_lzw_encode(bytes, bytes.count, $0) } ?? 0
        }
        guard !encoded.isEmpty else { throw ImageError(.unwritable, "memory for the LZW table ran out.") }
        return encoded
    }

    /// One directory with its values behind it, at an even offset and of even length.
    private static func directory(_ fields: [TIFFField], at offset: Int, isLast: Bool) -> [UInt8] {
        var entries: [UInt8] = []
        var values: [UInt8] = []
        let valuesOffset = offset + 2 + fields.count * 12 + 4
        for field in fields.sorted(by: { $0.tag.rawValue < $1.tag.rawValue }) {
            entries += little(field.tag.rawValue) + little(field.type) + little(UInt32(field.count))
            if field.bytes.count <= 4 {
                entries += field.bytes + [UInt8](repeating: 0, count: 4 - field.bytes.count)
            } else {
                entries += little(UInt32(valuesOffset + values.count))
                values += field.bytes + (field.bytes.count % 2 == 0 ? [] : [0])
            }
        }
        let next = isLast ? 0 : valuesOffset + values.count
        return little(UInt16(fields.count)) + entries + little(UInt32(next)) + values
    }

    static func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}

/// One entry of a directory that is written.
struct TIFFField {
    let tag: TIFFTag
    let type: UInt16
    let count: Int
    let bytes: [UInt8]

    static func short(_ tag: TIFFTag, _ value: Int) -> TIFFField { shorts(tag, [value]) }

    static func shorts(_ tag: TIFFTag, _ values: [Int]) -> TIFFField {
        TIFFField(tag: tag, type: 3, count: values.count, bytes: values.flatMap { TIFFWriter.little(UInt16($0)) })
    }

    static func long(_ tag: TIFFTag, _ values: [Int]) -> TIFFField {
        TIFFField(tag: tag, type: 4, count: values.count, bytes: values.flatMap { TIFFWriter.little(UInt32($0)) })
    }

    static func text(_ tag: TIFFTag, _ text: String) -> TIFFField {
        let bytes = Array(text.utf8) + [0]
        return TIFFField(tag: tag, type: 2, count: bytes.count, bytes: bytes)
    }

    static func rational(_ tag: TIFFTag, _ fraction: (numerator: UInt32, denominator: UInt32)) -> TIFFField {
        TIFFField(tag: tag, type: 5, count: 1, bytes: TIFFWriter.little(fraction.numerator) + TIFFWriter.little(fraction.denominator))
    }
}
