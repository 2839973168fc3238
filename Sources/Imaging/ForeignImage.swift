/// Files of formats that are not read here, told by their first bytes for messages; none of them is opened.
enum ForeignImage {
    /// What files begin with, and what they are.
    private static let beginnings: [(bytes: [UInt8], name: String)] = [
        ([0xFF, 0xD8, 0xFF], "a JPEG"),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive (an .npz holds .npy files: unpack it)"),
        ([0x89, 0x48, 0x44, 0x46], "HDF5"),
        (Array("GIF8".utf8), "a GIF"),
        (Array("BM".utf8), "a BMP"),
        (Array("RIFF".utf8), "a RIFF file, such as WebP"),
        (Array("ZISRAWFI".utf8), "a CZI of Zeiss"),
        ([0xDA, 0xCE, 0xBE, 0x0A], "an ND2 of Nikon"),
        ([0x70, 0x00, 0x00, 0x00], "a LIF of Leica"),
        (Array("version ".utf8), "the pointer of Git LFS to a file that is not there (run `git lfs pull`)"),
        (Array("<!DOCTYP".utf8), "a web page"),
    ]

    /// - Parameter start: the first eight bytes of a file, or all where there are fewer.
    static func words(_ start: [UInt8]) -> String {
        if let known = beginnings.first(where: { start.starts(with: $0.bytes) }) { return known.name }
        let digits = start.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return "of unknown kind (it begins with the bytes \(digits.joined(separator: " ")))"
    }
}
