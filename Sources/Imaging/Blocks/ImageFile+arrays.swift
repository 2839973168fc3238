extension ImageFile {
    /// The extents of an array in an NPY file, which names no axes; `nil` for other formats and for folders.
    ///
    /// The file must have exactly the bytes that it claims.
    public static func arrayShape(_ path: String) throws(ImageError) -> [Int]? {
        guard !isFolder(path) else { return nil }
        let file = try ByteFile(path)
        return try format(of: file) == .npy ? try NPYReader(file, limits: ImageLimits(pixelBytes: .max)).shape : nil
    }

    /// Opens an array in an NPY file as images, which are read region by region.
    ///
    /// One in Fortran order is read as a whole if it fits `limits.blockBytes`.
    /// - Parameter axes: the name of each of the array's axes; `nil` for those that an image does not have, of which at most one has more
    ///   than one element.
    /// - Returns: an image for each element along that axis; one where all have names or one element.
    public static func images(inArray path: String, axes: [Axis?], limits: BlockLimits = .init()) throws(ImageError) -> [any ImageBlocks] {
        let file = try ByteFile(path), reader = try NPYReader(file, limits: ImageLimits(pixelBytes: .max)), shape = reader.shape
        let named = axes.compactMap(\.self), unnamed = axes.indices.filter { axes[$0] == nil }
        let long = axes.count == shape.count ? unnamed.filter { shape[$0] > 1 } : unnamed
        guard axes.count == shape.count, long.count <= 1, Set(named).count == named.count, !named.isEmpty, !shape.contains(0) else {
            throw file.error(.unsuitable, "the array has the shape \(shape), its axes are to be \(axes.map { $0?.rawValue ?? "batch" }).")
        }
        if reader.isFortranOrder { try checkWhole(shape, reader.type.pixelType, .npy, file, limits) }
        let content = try NPYBlocks.Content(reader)
        return (0..<(long.first.map { shape[$0] } ?? 1)).map { element in
            NPYBlocks(content, axes: named, at: unnamed.map { ($0, $0 == long.first ? element : 0) })
        }
    }
}
