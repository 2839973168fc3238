extension ImageFile {
    /// The extents of an array in an NPY file, which names no axes; `nil` for other formats and for folders.
    ///
    /// The file must have exactly the bytes that it claims.
    public static func arrayShape(_ path: String) throws(ImageError) -> [Int]? {
        guard !isFolder(path) else { return nil }
        let file = try ByteFile(path)
        return try format(of: file) == .npy ? try NPYReader(file, limits: ImageLimits(pixelBytes: .max)).shape : nil
    }

    /// Opens an array in an NPY file as an image; it is read whole if it fits `limits.blockBytes`.
    ///
    /// - Parameter axes: the name of each of the array's axes; `nil` for one of one element that the image does not have.
    public static func blocks(array path: String, axes: [Axis?], limits: BlockLimits = .init()) throws(ImageError) -> any ImageBlocks {
        let file = try ByteFile(path), reader = try NPYReader(file, limits: ImageLimits(pixelBytes: .max))
        try checkWhole(reader.shape, reader.type.pixelType, .npy, file, limits)
        let named = axes.compactMap(\.self), unnamed = zip(axes, reader.shape).filter { $0.0 == nil }
        guard axes.count == reader.shape.count, unnamed.allSatisfy({ $0.1 == 1 }) else {
            throw file.error(
                .unsuitable, "the array has the shape \(reader.shape), its axes are to be \(axes.map { $0?.rawValue ?? "1" }).")
        }
        let shape = zip(axes, reader.shape).filter { $0.0 != nil }.map(\.1)
        guard let image = Image(shape: shape, axes: named, pixels: try reader.read().pixels) else {
            throw file.error(.unsuitable, "an image cannot have the shape \(shape) with the axes \(named.map(\.rawValue)).")
        }
        return WholeImageBlocks(image)
    }
}
