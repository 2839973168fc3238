import CImageFormats

/// Reads PNG with libpng, after the chunks were checked.
///
/// Gray is `(y, x)`, anything else `(y, x, c)`. Palettes are expanded to RGB, transparency to alpha. Gray of 1, 2 or 4 bits keeps its
/// values as stored (0 to 1, 3 or 15). Gamma, colour profiles and text are not applied and not read.
struct PNGReader {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    let header: ImageHeader
    private let file: ByteFile
    private let chunks: PNGChunks
    private let layout: cif_png_layout

    init(_ file: ByteFile, limits: ImageLimits) throws(ImageError) {
        let chunks = try PNGChunks(file, metadataLimit: limits.metadataBytes)
        let width = PNGChunks.integer(chunks.header[0..<4])
        let height = PNGChunks.integer(chunks.header[4..<8])
        let depth = Int(chunks.header[8])
        let colorType = Int(chunks.header[9])
        guard (1...Int(Int32.max)).contains(width), (1...Int(Int32.max)).contains(height) else {
            throw file.error(.malformed, "the IHDR chunk says \(width) x \(height) pixels; expected 1 to \(Int32.max) each.")
        }
        let isPalette = colorType == 3
        let depths: [Int: [Int]] = [0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]]
        guard depths[colorType]?.contains(depth) == true, chunks.header[10] == 0, chunks.header[11] == 0, chunks.header[12] <= 1 else {
            throw file.error(
                .malformed,
                "the IHDR chunk says colour type \(colorType), depth \(depth), methods \(chunks.header[10...].map(String.init).joined(separator: ", ")), which PNG does not have."
            )
        }
        guard !isPalette || chunks.hasPalette else { throw file.error(.malformed, "the palette (PLTE chunk) is missing.") }
        let stored = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1
        let expanded = isPalette ? 3 : stored
        guard !chunks.hasTransparency || colorType != 0 || depth >= 8 else {
            throw file.error(.unsupported, "gray of \(depth) bits with a transparent value (tRNS) is not read. Store 8 bits.")
        }
        let hasAlpha = colorType & 4 != 0
        let samples = chunks.hasTransparency && !hasAlpha ? expanded + 1 : expanded
        let type: PixelType = depth == 16 ? .uint16 : .uint8
        guard limits.bytes([width, height, samples, type.byteCount]) != nil else {
            throw file.error(
                .limit,
                "the image claims \(width) x \(height) pixels of \(samples) x \(type.rawValue); the limit is \(limits.pixelBytes) bytes.")
        }
        // Deflate makes at most 1032 bytes of one; each row has a byte for its filter. The limit above keeps the product small.
        let needed = ((width * stored * depth + 7) / 8 + 1) * height
        guard chunks.pixelDataBytes >= needed / 1032 else {
            throw file.error(
                .malformed,
                "\(chunks.pixelDataBytes) bytes of compressed pixels cannot hold \(width) x \(height) pixels. The header is wrong, or the file truncated."
            )
        }
        // No encoder needs more than one and a half times the size; libpng would drop what lies behind the pixels.
        guard chunks.pixelDataBytes <= needed + needed / 2 + 1024 else {
            throw file.error(
                .malformed,
                "\(chunks.pixelDataBytes) bytes of compressed pixels for \(width) x \(height) pixels: the file holds something else besides."
            )
        }
        var spacing: [Axis: Double] = [:]
        if let (x, y) = chunks.pixelsPerMetre {
            // Resolutions for print and screen say nothing about the object; they end well below one pixel per 10 um.
            if x > 100_000 { spacing[.x] = 1e6 / Double(x) }
            if y > 100_000 { spacing[.y] = 1e6 / Double(y) }
        }
        self.file = file
        self.chunks = chunks
        layout = cif_png_layout(
            width: UInt32(width), height: UInt32(height), samples: UInt16(samples), bits: UInt16(type.byteCount * 8),
            is_palette: isPalette ? 1 : 0)
        header = ImageHeader(
            format: .png, shape: samples == 1 ? [height, width] : [height, width, samples],
            axes: samples == 1 ? [.y, .x] : [.y, .x, .channel], type: type, spacing: spacing)
    }

    func read() throws(ImageError) -> Image {
        let count = header.shape.reduce(1, *)
        var layout = layout
        let pixels = try Pixels.decode(header.type == .uint8 ? .uint8 : .uint16, count: count, block: count, of: file) {
            (_, bytes) throws(ImageError) in
            var message = cif_message()
            let code = cif_png_read(
                file.descriptor, chunks.ranges, chunks.ranges.count, &layout, bytes.baseAddress, bytes.count, &message)
            guard code == 0 else { throw file.error(.malformed, "libpng: \(TIFFReader.text(message)).") }
        }
        guard let image = Image(shape: header.shape, axes: header.axes, spacing: header.spacing, pixels: pixels) else {
            throw file.error(.malformed, "the number of pixels is not the product of the shape \(header.shape).")
        }
        return image
    }
}
