import CImageFormats

/// The chunks of a PNG file, walked and checked before libpng sees anything.
struct PNGChunks {
    /// Signature, header, palette, transparency, pixels and end: all that libpng is shown. Compressed metadata never reaches a decompressor.
    private(set) var ranges = [cif_range(offset: 0, count: 8)]
    private(set) var header: [UInt8] = []
    private(set) var hasPalette = false
    private(set) var hasTransparency = false
    /// Pixels per metre in x and y, where the file says it in metres.
    private(set) var pixelsPerMetre: (x: Int, y: Int)?
    /// Bytes of compressed pixels.
    private(set) var pixelDataBytes = 0

    /// Every chunk must lie inside the file, come in a legal order and, except for pixels which libpng checks, have the right CRC.
    init(_ file: ByteFile, metadataLimit: Int) throws(ImageError) {
        var offset = 8
        var hasEnded = false
        while !hasEnded {
            guard offset <= file.size - 12 else {
                throw file.error(.malformed, "the file ends at byte \(file.size) without an IEND chunk. It is truncated.")
            }
            let start = try file.bytes(at: offset, count: 8)
            let length = PNGChunks.integer(start[0..<4])
            let name = String(decoding: start[4..<8], as: UTF8.self)
            guard length <= file.size - offset - 12 else {
                throw file.error(
                    .malformed,
                    "the chunk \(PNGChunks.printable(start[4..<8])) at byte \(offset) claims \(length) bytes, more than the file has.")
            }
            let isFirst = offset == 8
            guard isFirst == (name == "IHDR") else {
                throw file.error(
                    .malformed, "the chunk at byte \(offset) is \(PNGChunks.printable(start[4..<8])); expected one IHDR, and that first.")
            }
            if name != "IDAT" {
                guard length <= metadataLimit else {
                    throw file.error(
                        .limit, "the chunk \(PNGChunks.printable(start[4..<8])) has \(length) bytes; the limit is \(metadataLimit).")
                }
                let content = try file.bytes(at: offset + 4, count: length + 4)
                let stored = PNGChunks.integer(try file.bytes(at: offset + 8 + length, count: 4)[...])
                guard Int(cif_crc32(0, content, content.count)) == stored else {
                    throw file.error(
                        .malformed, "the chunk \(PNGChunks.printable(start[4..<8])) at byte \(offset) is damaged: its CRC is wrong.")
                }
                try take(name, Array(content[4...]), file)
                hasEnded = name == "IEND"
            } else {
                pixelDataBytes += length
            }
            if ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].contains(name) { show(offset, 12 + length) }
            offset += 12 + length
        }
        guard offset == file.size else {
            throw file.error(.malformed, "\(file.size - offset) bytes follow the end of the image (IEND). Remove them.")
        }
    }

    private mutating func take(_ name: String, _ content: [UInt8], _ file: ByteFile) throws(ImageError) {
        switch name {
        case "IHDR":
            guard content.count == 13 else { throw file.error(.malformed, "the IHDR chunk has \(content.count) bytes; expected 13.") }
            header = content
        case "PLTE": hasPalette = true
        case "tRNS":
            // libpng drops one that comes late, with a warning only.
            guard pixelDataBytes == 0 else { throw file.error(.malformed, "the tRNS chunk comes after the pixels.") }
            hasTransparency = true
        case "pHYs":
            guard content.count == 9 else { throw file.error(.malformed, "the pHYs chunk has \(content.count) bytes; expected 9.") }
            if content[8] == 1 { pixelsPerMetre = (PNGChunks.integer(content[0..<4]), PNGChunks.integer(content[4..<8])) }
        case "acTL":
            throw file.error(.unsupported, "this is an animated PNG (acTL chunk); expected a still image.")
        case "IEND": break
        default:
            // An upper-case first letter marks a chunk without which the image cannot be understood.
            guard let first = name.utf8.first, first & 0x20 != 0 else {
                throw file.error(.unsupported, "the chunk \(PNGChunks.printable(Array(name.utf8)[...])) is critical and not known.")
            }
        }
    }

    private mutating func show(_ offset: Int, _ count: Int) {
        let last = ranges[ranges.count - 1]
        if last.offset + last.count == UInt64(offset) {
            ranges[ranges.count - 1].count += UInt64(count)
        } else {
            ranges.append(cif_range(offset: UInt64(offset), count: UInt64(count)))
        }
    }

    static func integer(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// A chunk's name for messages; the file could put anything there.
    private static func printable(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.map { (0x21...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
