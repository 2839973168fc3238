/// The file formats that Concours reads and writes.
public enum ImageFormat: String, Sendable, Codable, CaseIterable {
    /// TIFF 6.0 and BigTIFF, with the descriptions of ImageJ, OME-TIFF and tifffile.
    case tiff
    /// PNG, still images.
    case png
    /// NumPy's array file, versions 1.0 to 3.0.
    case npy
}

/// What a file says about its image, known without decoding pixels.
public struct ImageHeader: Sendable, Equatable {
    /// The format, found by the file's content.
    public let format: ImageFormat
    /// The extent of each axis, slowest first.
    public let shape: [Int]
    /// The name of each axis, in the order of `shape`.
    public let axes: [Axis]
    /// The type in which `ImageFile.read` returns the pixels.
    public let type: PixelType
    /// Micrometres between neighbouring pixels for each spatial axis of which the file says it.
    public let spacing: [Axis: Double]
}
