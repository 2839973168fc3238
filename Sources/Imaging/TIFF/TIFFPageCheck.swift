/// Turns a directory into a `TIFFPage`, or says which tag keeps it from being one.
struct TIFFPageCheck {
    let directory: TIFFDirectory
    let number: Int
    let structure: TIFFStructure
    let limits: ImageLimits

    func run() throws(ImageError) -> TIFFPage.Stored {
        let width = try extent(.imageWidth)
        let height = try extent(.imageLength)
        let samples = try single(.samplesPerPixel, default: 1)
        guard samples > 0, samples <= 65_535 else { throw malformed(.samplesPerPixel, samples, "at least 1") }
        let compression = try compression()
        let type = try storedType(samples: samples)
        try checkPredictor(compression, type)
        let bits = try checkPhotometric(samples: samples, isBits: type == .bool)
        try checkUnusual()
        let planar = try single(.planarConfiguration, default: 1)
        guard planar == 1 || planar == 2 else { throw malformed(.planarConfiguration, planar, "1 or 2") }
        let isPlanar = planar == 2 && samples > 1

        guard limits.bytes([width, height, samples, max(type.byteCount, type.pixelType.byteCount)]) != nil else {
            throw error(
                .limit,
                "the image claims \(width) x \(height) pixels of \(samples) x \(type.rawValue); the limit is \(limits.pixelBytes) bytes.")
        }
        let isTiled = directory[.tileWidth] != nil || directory[.tileOffsets] != nil
        let blockWidth: Int
        let blockHeight: Int
        if isTiled {
            blockWidth = try extent(.tileWidth)
            blockHeight = try extent(.tileLength)
        } else {
            let rows = try single(.rowsPerStrip, default: height)
            guard rows > 0 else { throw malformed(.rowsPerStrip, rows, "at least 1") }
            blockWidth = width
            blockHeight = min(rows, height)
        }
        let page = TIFFPage(
            width: width, height: height, samples: samples, type: type, bits: bits, compression: compression, isPlanar: isPlanar,
            isTiled: isTiled,
            blockWidth: blockWidth, blockHeight: blockHeight)
        return TIFFPage.Stored(page: page, bytes: try storedBytes(of: page))
    }

    /// Checks each strip or tile: inside the file, and neither too short nor too long for the pixels that it should hold.
    private func storedBytes(of page: TIFFPage) throws(ImageError) -> Int {
        let what = page.isTiled ? "tile" : "strip"
        let offsetsTag: TIFFTag = page.isTiled ? .tileOffsets : .stripOffsets
        let countsTag: TIFFTag = page.isTiled ? .tileByteCounts : .stripByteCounts
        let planes = page.isPlanar ? page.samples : 1
        let pixelBytes = (page.isPlanar ? 1 : page.samples) * page.type.byteCount
        let rowBytes = page.rowBytes(page.blockWidth * (page.isPlanar ? 1 : page.samples))
        guard limits.bytes([page.blockWidth, page.blockHeight, pixelBytes]) != nil,
            let blockBytes = limits.bytes([rowBytes, page.blockHeight])
        else {
            throw error(
                .limit, "a \(what) of \(page.blockWidth) x \(page.blockHeight) pixels is above the limit of \(limits.pixelBytes) bytes.")
        }
        let across = (page.width - 1) / page.blockWidth + 1
        let down = (page.height - 1) / page.blockHeight + 1
        let (count, overflow) = (across * down).multipliedReportingOverflow(by: planes)
        guard !overflow, count <= structure.file.size else {
            throw error(.malformed, "the page needs \(across * down) \(what)s in each of \(planes) planes, more than the file can hold.")
        }
        // Tiles reach over the edge; a picture of one pixel in huge tiles would cost as much as the tiles.
        guard limits.bytes([count, blockBytes]) != nil || !page.isTiled else {
            throw error(.limit, "\(count) tiles of \(blockBytes) bytes are above the limit of \(limits.pixelBytes) bytes.")
        }
        let offsets = try list(offsetsTag, count: count)
        let counts = try list(countsTag, count: count)

        let lastRows = page.height - (down - 1) * page.blockHeight
        let lastBytes = rowBytes * lastRows
        var total = 0
        for index in 0..<count {
            let offset = offsets[index]
            let stored = counts[index]
            guard stored > 0 else { throw error(.malformed, "\(what) \(index) has no bytes; sparse files are not read.") }
            guard offset >= structure.headerSize, offset <= structure.file.size, stored <= structure.file.size - offset else {
                throw error(
                    .malformed,
                    "\(what) \(index) should lie at bytes \(offset) to \(offset &+ stored), but the file has \(structure.file.size). It may be truncated."
                )
            }
            let isLast = !page.isTiled && index % down == down - 1
            try checkSize(of: index, what, stored: stored, decoded: isLast ? lastBytes : blockBytes, page.compression)
            total += stored
            guard total <= structure.file.size else { throw error(.malformed, "\(what)s lie upon each other.") }
        }
        return total
    }

    private func checkSize(of index: Int, _ what: String, stored: Int, decoded: Int, _ compression: TIFFCompression) throws(ImageError) {
        let (reachable, overflow) = stored.multipliedReportingOverflow(by: compression.largestRatio)
        guard overflow || reachable >= decoded else {
            throw error(
                .malformed,
                "\(what) \(index) has \(stored) bytes, which cannot hold its \(decoded) bytes of pixels (\(compression), at most \(compression.largestRatio) to 1)."
            )
        }
        // No encoder needs more than one and a half times the size; what is beyond it would be dropped unseen.
        guard compression == .none || stored <= decoded + decoded / 2 + decoded / 64 + 1024 else {
            throw error(.malformed, "\(what) \(index) has \(stored) bytes for \(decoded) bytes of pixels; it holds something else.")
        }
    }

    private func compression() throws(ImageError) -> TIFFCompression {
        let value = try single(.compression, default: 1)
        guard let compression = TIFFCompression(rawValue: value) else {
            let names = [
                2: "CCITT", 3: "CCITT fax 3", 4: "CCITT fax 4", 6: "old JPEG", 7: "JPEG", 34712: "JPEG 2000", 34887: "LERC",
                34925: "LZMA", 50001: "WebP", 50002: "JPEG XL",
            ]
            let name = names[value].map { " (\($0))" } ?? ""
            throw unsupported(.compression, "\(value)\(name)", "none 1, LZW 5, Deflate 8, PackBits 32773 or ZSTD 50000")
        }
        return compression
    }

    private func storedType(samples: Int) throws(ImageError) -> StoredType {
        let bits = try perSample(.bitsPerSample, default: 1, samples: samples)
        let format = try perSample(.sampleFormat, default: 1, samples: samples)
        switch (format, bits) {
        case (1, 1):
            guard samples == 1 else { throw unsupported(.samplesPerPixel, "\(samples) of single bits", "one") }
            return .bool
        case (1, 8): return .uint8
        case (1, 16): return .uint16
        case (1, 32): return .uint32
        case (1, 64): return .uint64
        case (2, 8): return .int8
        case (2, 16): return .int16
        case (2, 32): return .int32
        case (2, 64): return .int64
        case (3, 16): return .float16
        case (3, 32): return .float32
        case (3, 64): return .float64
        case (1...3, _): throw unsupported(.bitsPerSample, "\(bits)", format == 3 ? "16, 32 or 64" : "8, 16, 32 or 64, or 1 without a sign")
        default: throw unsupported(.sampleFormat, "\(format)", "unsigned 1, signed 2 or float 3")
        }
    }

    private func checkPredictor(_ compression: TIFFCompression, _ type: StoredType) throws(ImageError) {
        let predictor = try single(.predictor, default: 1)
        guard predictor != 1 else { return }
        guard predictor == 2 || predictor == 3 else { throw unsupported(.predictor, "\(predictor)", "none 1, horizontal 2 or float 3") }
        guard compression.hasPredictor else {
            throw unsupported(.predictor, "\(predictor) with compression \(compression)", "1; readers disagree on its meaning here")
        }
        guard type != .bool else { throw unsupported(.predictor, "\(predictor) for single bits", "none 1") }
        guard predictor == 2 || [.float16, .float32, .float64].contains(type) else {
            throw malformed(.predictor, predictor, "1 or 2 for \(type.rawValue); 3 is for floats")
        }
    }

    /// - Returns: what single bits stand for.
    private func checkPhotometric(samples: Int, isBits: Bool) throws(ImageError) -> TIFFPage.Bits? {
        guard directory[.photometricInterpretation] != nil else {
            throw error(.malformed, "\(TIFFTag.photometricInterpretation.text) is missing; expected 1 (zero is black) or 2 (RGB).")
        }
        let value = try single(.photometricInterpretation, default: 1)
        switch value {
        case 1: return isBits ? .blackIsZero : nil
        case 2:
            guard samples >= 3 else { throw malformed(.samplesPerPixel, samples, "at least 3 for RGB") }
            return nil
        case 0 where isBits: return .whiteIsZero
        case 0:
            throw unsupported(
                .photometricInterpretation, "0 (zero is white)", "1 or 2; values are not inverted silently: invert and store with 1")
        default:
            let names = [3: "palette", 4: "mask", 5: "separated", 6: "YCbCr", 8: "CIE Lab", 32803: "colour filter array"]
            let name = names[value].map { " (\($0))" } ?? ""
            throw unsupported(.photometricInterpretation, "\(value)\(name)", "1 (zero is black) or 2 (RGB)")
        }
    }

    /// Rare features that change what the pixels mean.
    private func checkUnusual() throws(ImageError) {
        for (tag, expected) in [(TIFFTag.fillOrder, 1), (.orientation, 1), (.imageDepth, 1)] {
            let value = try single(tag, default: expected)
            guard value == expected else { throw unsupported(tag, "\(value)", "\(expected)") }
        }
    }

    // MARK: Values

    private func extent(_ tag: TIFFTag) throws(ImageError) -> Int {
        guard directory[tag] != nil else { throw error(.malformed, "\(tag.text) is missing.") }
        let value = try single(tag, default: 0)
        guard value > 0, value <= Int(Int32.max) else { throw malformed(tag, value, "1 to \(Int32.max)") }
        return value
    }

    private func single(_ tag: TIFFTag, default value: Int) throws(ImageError) -> Int {
        guard let entry = directory[tag] else { return value }
        guard entry.count == 1 else { throw error(.malformed, "\(tag.text) has \(entry.count) values; expected one.") }
        return try structure.integers(entry, place(tag))[0]
    }

    private func perSample(_ tag: TIFFTag, default value: Int, samples: Int) throws(ImageError) -> Int {
        guard let entry = directory[tag] else { return value }
        // Some writers give one value for all samples.
        guard entry.count == samples || entry.count == 1 else {
            throw error(.malformed, "\(tag.text) has \(entry.count) values; expected one for each of the \(samples) samples.")
        }
        let values = try structure.integers(entry, place(tag))
        guard let other = values.first(where: { $0 != values[0] }) else { return values[0] }
        throw error(.unsupported, "\(tag.text) is \(values[0]) for one sample and \(other) for another; expected the same for all.")
    }

    private func list(_ tag: TIFFTag, count: Int) throws(ImageError) -> [Int] {
        guard let entry = directory[tag] else { throw error(.malformed, "\(tag.text) is missing.") }
        guard entry.count == count else { throw error(.malformed, "\(tag.text) has \(entry.count) values; expected \(count).") }
        return try structure.integers(entry, place(tag))
    }

    // MARK: Errors

    private func place(_ tag: TIFFTag) -> String { "page \(number): \(tag.text)" }

    private func error(_ kind: ImageError.Kind, _ message: String) -> ImageError {
        structure.file.error(kind, "page \(number): \(message)")
    }

    private func malformed(_ tag: TIFFTag, _ found: Int, _ expected: String) -> ImageError {
        error(.malformed, "\(tag.text) is \(found); expected \(expected).")
    }

    private func unsupported(_ tag: TIFFTag, _ found: String, _ expected: String) -> ImageError {
        error(.unsupported, "\(tag.text) is \(found); expected \(expected).")
    }
}
