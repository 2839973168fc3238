/// Reads and writes images in files.
///
/// Reading goes by the file's content, never by its name; writing by the name's ending. Readers check every claim of a file against
/// `ImageLimits` and against the file's own size before they take memory, and return either the whole image or an error.
/// Writers put a finished file in place at once, so that no reader ever sees half of one.
public enum ImageFile {
    /// Reads an image: TIFF, PNG or NPY.
    ///
    /// Values are those of the file. Types that `Pixels` does not have are widened without loss: int8 and int16 to int32, float16 to
    /// float32; 64-bit integers to int32 or uint32 if all values fit, else it is an error.
    /// - TIFF: gray pages are `(y, x)`, chunky samples `(y, x, c)`, planar ones `(c, y, x)`; several pages `(z, y, x)`, or what an ImageJ,
    ///   OME or tifffile description says, in the order t, c, z, with axes of extent 1 left out. Pages of single bits are 1 where they are
    ///   white and 0 where they are black.
    /// - PNG: `(y, x)` or `(y, x, c)`; palettes become RGB, transparency becomes alpha, gray of 1, 2 and 4 bits keeps its values.
    /// - NPY: two dimensions are `(y, x)`, three `(z, y, x)`; for others use ``NPY``.
    public static func read(_ path: String, limits: ImageLimits = .standard) throws(ImageError) -> Image {
        let file = try ByteFile(path)
        switch try format(of: file) {
        case .tiff: return try TIFFReader(file, limits: limits).read()
        case .png: return try PNGReader(file, limits: limits).read()
        case .npy: return try NPYReader(file, limits: limits).readImage()
        }
    }

    /// What the file says about its image, without decoding pixels; all checks of the file's structure are made.
    public static func header(_ path: String, limits: ImageLimits = .standard) throws(ImageError) -> ImageHeader {
        let file = try ByteFile(path)
        switch try format(of: file) {
        case .tiff: return try TIFFReader(file, limits: limits).header
        case .png: return try PNGReader(file, limits: limits).header
        case .npy: return try NPYReader(file, limits: limits).imageHeader()
        }
    }

    /// Writes an image: `.tif` and `.tiff` uncompressed with an ImageJ description that keeps axes and spacing, `.png` (8 or 16 bits,
    /// gray, RGB, each with or without alpha; spacing rounded to whole pixels per metre), or `.npy` (neither axes nor spacing).
    public static func write(_ image: Image, to path: String) throws(ImageError) {
        switch try formatForWriting(path) {
        case .tiff: try TIFFWriter.write(image, isLabel: false, to: path)
        case .png: try PNGWriter.write(image, isLabel: false, to: path)
        case .npy: try NPY.write(NPYArray(shape: image.shape, pixels: image.pixels), to: path)
        }
    }

    /// Writes labels in the profile that ImageJ, ITK and scikit-image all read right.
    ///
    /// TIFF: classic, strips, LZW without predictor, little endian, uint16 (uint32 if a label is above 65535), one page for each z.
    /// PNG: 16-bit gray, `(y, x)` only; a label above 65535 is an error.
    public static func writeLabels(_ labels: LabelImage, to path: String) throws(ImageError) {
        guard let image = labels.image else {
            throw ImageError(
                .unsuitable, file: path, "the labels have \(labels.shape.count) dimensions; (y, x) or (z, y, x) can be written.")
        }
        switch try formatForWriting(path) {
        case .tiff: try TIFFWriter.write(image, isLabel: true, to: path)
        case .png:
            if case .uint32 = image.pixels {
                throw ImageError(
                    .unsuitable, file: path,
                    "the largest label is \(labels.labels.max() ?? 0); PNG holds up to 65535. Write a .tif instead.")
            }
            try PNGWriter.write(image, isLabel: true, to: path)
        case .npy:
            throw ImageError(.unwritable, file: path, "labels are written as .tif or .png, not .npy.")
        }
    }

    static func format(of file: ByteFile) throws(ImageError) -> ImageFormat {
        let start = try file.bytes(at: 0, count: min(8, file.size))
        switch start {
        case _ where start.starts(with: PNGReader.signature): return .png
        case _ where start.starts(with: NPYReader.signature): return .npy
        case _ where start.starts(with: [0x49, 0x49]) || start.starts(with: [0x4D, 0x4D]): return .tiff
        case []: throw file.error(.malformed, "the file is empty.")
        default: throw file.error(.unknownFormat, "the file is \(ForeignImage.words(start)), neither TIFF, PNG nor NPY.")
        }
    }

    private static func formatForWriting(_ path: String) throws(ImageError) -> ImageFormat {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasSuffix(".tif") || name.hasSuffix(".tiff") { return .tiff }
        if name.hasSuffix(".png") { return .png }
        if name.hasSuffix(".npy") { return .npy }
        throw ImageError(.unwritable, file: path, "the name's ending names no format; write .tif, .tiff, .png or .npy.")
    }
}
