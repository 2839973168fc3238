/// A little TIFF, byte by byte, so that each of its claims can be a lie. Little endian; classic or BigTIFF.
struct TIFFBytes {
    struct Entry {
        var tag: UInt16
        var type: UInt16 = 4
        /// The count that is claimed; the number of values if `nil`.
        var count: Int?
        var values: [Int]
        /// Where the values are claimed to lie; behind the directory if `nil`.
        var offset: Int?
    }

    var isBig = false
    var pixels: [UInt8]
    var entries: [Entry]
    /// The offset of the next directory that is claimed.
    var next = 0

    /// An uncompressed gray image of 8 bits in one strip.
    init(width: Int, height: Int, pixels: [UInt8], compression: Int = 1, isBig: Bool = false) {
        self.isBig = isBig
        self.pixels = pixels
        entries = [
            Entry(tag: 256, values: [width]), Entry(tag: 257, values: [height]), Entry(tag: 258, type: 3, values: [8]),
            Entry(tag: 259, type: 3, values: [compression]), Entry(tag: 262, type: 3, values: [1]),
            Entry(tag: 273, values: [isBig ? 16 : 8]), Entry(tag: 278, values: [height]), Entry(tag: 279, values: [pixels.count]),
        ]
    }

    /// Where the directory lies.
    var directory: Int { (isBig ? 16 : 8) + pixels.count }

    /// The same file with other values for a tag, or with the tag added.
    func with(_ tag: UInt16, _ values: Int..., type: UInt16 = 4, count: Int? = nil, at offset: Int? = nil) -> TIFFBytes {
        var copy = self
        copy.entries.removeAll { $0.tag == tag }
        copy.entries.append(Entry(tag: tag, type: type, count: count, values: values, offset: offset))
        copy.entries.sort { $0.tag < $1.tag }
        return copy
    }

    func without(_ tag: UInt16) -> TIFFBytes {
        var copy = self
        copy.entries.removeAll { $0.tag == tag }
        return copy
    }

    func followed(by offset: Int) -> TIFFBytes {
        var copy = self
        copy.next = offset
        return copy
    }

    var bytes: [UInt8] {
        var result: [UInt8] = isBig ? [0x49, 0x49, 43, 0, 8, 0, 0, 0] : [0x49, 0x49, 42, 0]
        let word = isBig ? 8 : 4
        result += little(directory, word) + pixels
        var extra: [UInt8] = []
        let extraOffset = directory + (isBig ? 8 : 2) + entries.count * (isBig ? 20 : 12) + word
        result += little(entries.count, isBig ? 8 : 2)
        for entry in entries {
            let size = [3: 2, 4: 4, 16: 8, 2: 1][entry.type] ?? 1
            let content = entry.values.flatMap { little($0, size) }
            result += little(Int(entry.tag), 2) + little(Int(entry.type), 2) + little(entry.count ?? entry.values.count, word)
            if let offset = entry.offset {
                result += little(offset, word)
            } else if content.count <= word {
                result += content + [UInt8](repeating: 0, count: word - content.count)
            } else {
                result += little(extraOffset + extra.count, word)
                extra += content
            }
        }
        return result + little(next, word) + extra
    }

    private func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
