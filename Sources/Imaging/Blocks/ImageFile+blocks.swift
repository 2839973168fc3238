#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension ImageFile {
    /// Opens an image for reading region by region: a folder is an OME-Zarr (0.4 or 0.5), a file a TIFF.
    ///
    /// PNG and NPY are read whole if they fit `limits.blockBytes`; arrays whose axes are known are opened by `images(inArray:axes:limits:)`.
    /// - Parameter named: what the pages of a TIFF count, t, c or z, where the file does not say it; by default z. A file that names its
    ///   axes otherwise, or has no pages, is an error.
    public static func blocks(_ path: String, limits: BlockLimits = .init(), pages named: Axis? = nil) throws(ImageError) -> any ImageBlocks
    {
        let file = isFolder(path) ? nil : try ByteFile(path)
        if let file, try format(of: file) == .tiff { return try TIFFBlocks(file, limits: limits, pages: named) }
        if let named {
            throw ImageError(
                .unsuitable, file: path, "the pages are to be \(named.rawValue), but this is no TIFF and has none. Leave that out.")
        }
        guard let file else { return try OMEZarrBlocks(path, limits: limits) }
        let header = try header(path, limits: ImageLimits(pixelBytes: .max, metadataBytes: limits.metadataBytes))
        try checkWhole(header.shape, header.type, header.format, file, limits)
        return WholeImageBlocks(try read(path, limits: ImageLimits(pixelBytes: limits.blockBytes, metadataBytes: limits.metadataBytes)))
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Refuses an image that can only be read as a whole and is larger than may be taken at once.
    static func checkWhole(
        _ shape: [Int], _ type: PixelType, _ format: ImageFormat, _ file: ByteFile, _ limits: BlockLimits
    ) throws(ImageError) {
        let bytes = shape.reduce(type.byteCount, *)
        guard bytes <= limits.blockBytes else {
            throw file.error(
                .limit,
                "an image of \(shape) \(type.rawValue) in a \(format.rawValue.uppercased()), which is read as a whole, takes \(bytes >> 20) MiB; "
                    + "at most \(limits.blockBytes >> 20) MiB may be taken at once. Save it as TIFF or OME-Zarr, which are read in parts, or "
                    + "allow more memory.")
        }
    }

    /// Begins or continues an image that is written region by region: `.zarr` (OME-Zarr 0.5) or `.tif`, `.tiff` (tiled BigTIFF).
    ///
    /// - Parameter channels: a label for each channel, or none.
    public static func blockWriter(
        _ path: String, shape: [Int], axes: [Axis], type: PixelType, geometry: ImageGeometry = .init(), channels: [ChannelLabel] = [],
        isLabel: Bool = false
    ) throws(ImageError) -> any RereadableWriter {
        let name = path.lowercased()
        if name.hasSuffix(".zarr") {
            return try OMEZarrWriter(path, shape: shape, axes: axes, type: type, geometry: geometry, channels: channels, isLabel: isLabel)
        }
        if name.hasSuffix(".tif") || name.hasSuffix(".tiff") {
            return try BigTIFFWriter(path, shape: shape, axes: axes, type: type, geometry: geometry, channels: channels)
        }
        throw ImageError(.unwritable, file: path, "the name's ending names no format of images in blocks; write .zarr, .tif or .tiff.")
    }
}
