public import Imaging

extension ImageFormat {
    /// The endings of file names, the preferred one first.
    public var fileExtensions: [String] {
        switch self {
        case .tiff: ["tiff", "tif"]
        case .png: ["png"]
        case .npy: ["npy"]
        }
    }

    /// The format that a file name's ending says, whatever the case of its letters; `nil` if none.
    static func of(fileName: String) -> ImageFormat? {
        guard let dot = fileName.lastIndex(of: ".") else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        return allCases.first { $0.fileExtensions.contains(ending) }
    }
}
