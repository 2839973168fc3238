import CImageFormats

/// Reads TIFF: the structure with a strict parser of our own, the pixels with libtiff, which sees only pages that passed it.
///
/// libtiff alone follows hostile directories for long and repairs contradictions by guessing. Here the whole file is checked before
/// any pixel is decoded: the chain of pages, each value's place, each strip's place and size, the sum of all claims.
struct TIFFReader {
    let header: ImageHeader
    let file: ByteFile
    let page: TIFFPage
    let pages: [(number: Int, directory: Int, page: TIFFPage)]
    let stack: TIFFStack
    let isBigEndian: Bool

    /// - Parameter named: what several pages count, where the file does not say it; z if nobody does.
    init(_ file: ByteFile, limits: ImageLimits, pages named: Axis? = nil) throws(ImageError) {
        let structure = try TIFFStructure(file, metadataLimit: limits.metadataBytes)
        let directories = try TIFFReader.images(try structure.directories(limit: limits.pages), in: structure)
        var pages: [(number: Int, directory: Int, page: TIFFPage)] = []
        var storedBytes = 0
        for (number, directory) in directories {
            let stored = try TIFFPage.check(directory, number: number, in: structure, limits: limits)
            if let first = pages.first?.page, !stored.page.matches(first) {
                throw file.error(
                    .unsupported,
                    "page \(number) is \(stored.page.shape) \(stored.page.type.rawValue), but the first is \(first.shape) \(first.type.rawValue); expected pages of one size and type."
                )
            }
            storedBytes += stored.bytes
            guard storedBytes <= file.size else {
                throw file.error(.malformed, "page \(number): its pixels lie upon those of other pages.")
            }
            pages.append((number, directory.offset, stored.page))
        }
        let first = directories[0].directory
        let page = pages[0].page
        guard limits.bytes([pages.count] + page.shape + [max(page.type.byteCount, page.type.pixelType.byteCount)]) != nil else {
            throw file.error(
                .limit, "\(pages.count) pages of \(page.shape) \(page.type.rawValue) are above the limit of \(limits.pixelBytes) bytes.")
        }
        var description: String?
        if let entry = first[.imageDescription] { description = try structure.text(entry) }
        let resolution = try TIFFResolution(first, in: structure)
        let stack = try TIFFStack.find(
            description: description, pages: pages.count, named: named, page: page, resolution: resolution, of: file)
        guard Set(stack.axes).isDisjoint(with: page.axes) else {
            throw file.error(.unsupported, "there are channels in the pages and over the pages; expected one of both.")
        }
        self.file = file
        isBigEndian = structure.isBigEndian
        self.page = page
        self.pages = pages
        self.stack = stack
        let axes = stack.axes + page.axes
        header = ImageHeader(
            format: .tiff, shape: stack.shape + page.shape, axes: axes, type: page.type.pixelType,
            spacing: stack.geometry.along(axes).spacing)
    }

    func read() throws(ImageError) -> Image {
        var message = cif_message()
        // Blocks are at most the pixels of a page, raw strips at most the file.
        let largest =
            Int64(max(file.size, page.values * page.type.byteCount, page.blockWidth * page.blockHeight * page.samples * 8)) + 1 << 20
        guard let tiff = cif_tiff_open(file.descriptor, UInt64(file.size), largest, &message) else {
            throw file.error(.malformed, "libtiff: \(TIFFReader.text(message)).")
        }
        defer { cif_tiff_close(tiff) }
        let pixels = try Pixels.decode(page.type, count: page.values * pages.count, block: page.values, of: file) {
            (plane, bytes) throws(ImageError) in
            let index = stack.pages[plane]
            var layout = pages[index].page.layout
            let code = cif_tiff_read_page(tiff, UInt64(pages[index].directory), &layout, bytes.baseAddress, bytes.count, &message)
            guard code == 0 else { throw file.error(.malformed, "page \(pages[index].number): \(TIFFReader.text(message)).") }
        }
        guard let image = Image(shape: header.shape, axes: header.axes, spacing: header.spacing, pixels: pixels) else {
            throw file.error(.malformed, "the number of pixels is not the product of the shape \(header.shape).")
        }
        return image
    }

    /// The pages that hold the image, with their numbers: without reduced copies of a pyramid, which some writers put into the chain.
    private static func images(
        _ directories: [TIFFDirectory], in structure: TIFFStructure
    ) throws(ImageError) -> [(number: Int, directory: TIFFDirectory)] {
        var images: [(number: Int, directory: TIFFDirectory)] = []
        for (index, directory) in directories.enumerated() {
            let tag = TIFFTag.newSubfileType
            let kind = try directory[tag].map { (entry) throws(ImageError) in try structure.integers(entry, tag.text).first ?? 0 } ?? 0
            guard kind & 4 == 0 else {
                throw structure.file.error(.unsupported, "page \(index + 1): \(tag.text) is \(kind), a mask. Remove it from the file.")
            }
            if kind & 1 == 0 { images.append((index + 1, directory)) }
        }
        guard !images.isEmpty else {
            throw structure.file.error(
                .unsupported, "all pages are reduced copies (\(TIFFTag.newSubfileType.text)) of an image that is not there.")
        }
        return images
    }

    static func text(_ message: cif_message) -> String {
        withUnsafeBytes(of: message.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension TIFFPage {
    /// The layout in libtiff's words.
    var layout: cif_tiff_layout {
        cif_tiff_layout(
            width: UInt32(width), height: UInt32(height), samples: UInt16(samples), bits: UInt16(bits == nil ? type.byteCount * 8 : 1),
            compression: UInt16(compression.rawValue), white_is_zero: bits == .whiteIsZero ? 1 : 0, separate: isPlanar ? 1 : 0,
            tiled: isTiled ? 1 : 0, block_width: UInt32(blockWidth), block_height: UInt32(blockHeight))
    }
}
