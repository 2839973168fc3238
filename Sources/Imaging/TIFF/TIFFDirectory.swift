/// One entry of a TIFF directory; its values lie in the file at `offset`.
struct TIFFEntry {
    let type: UInt16
    let count: Int
    let offset: Int

    /// Bytes of one value of a field type, `nil` if the type is unknown.
    static func size(of type: UInt16) -> Int? {
        switch type {
        case 1, 2, 6, 7: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12, 16, 17, 18: 8
        default: nil
        }
    }
}

/// One directory (page) of a TIFF: its entries by tag. Every value of every entry is known to lie inside the file.
struct TIFFDirectory {
    let offset: Int
    let next: Int
    let entries: [UInt16: TIFFEntry]

    subscript(_ tag: TIFFTag) -> TIFFEntry? { entries[tag.rawValue] }
}

/// The structure of a TIFF file: byte order, offset size, directories. Pixels are not looked at here.
struct TIFFStructure {
    let file: ByteFile
    let isBigEndian: Bool
    let isBig: Bool
    let firstDirectory: Int
    let metadataLimit: Int

    /// Bytes of the file's header, in which nothing else can lie.
    var headerSize: Int { isBig ? 16 : 8 }

    init(_ file: ByteFile, metadataLimit: Int) throws(ImageError) {
        self.file = file
        self.metadataLimit = metadataLimit
        guard file.size >= 8 else { throw file.error(.malformed, "the file has \(file.size) bytes; a TIFF header has 8. It is truncated.") }
        let start = try file.bytes(at: 0, count: min(16, file.size))
        isBigEndian = start[0] == 0x4D
        let version = TIFFStructure.integer(start[2..<4], isBigEndian: isBigEndian)
        switch version {
        case 42:
            isBig = false
            firstDirectory = TIFFStructure.integer(start[4..<8], isBigEndian: isBigEndian)
        case 43:
            isBig = true
            guard start.count == 16, TIFFStructure.integer(start[4..<6], isBigEndian: isBigEndian) == 8,
                TIFFStructure.integer(start[6..<8], isBigEndian: isBigEndian) == 0
            else { throw file.error(.malformed, "the BigTIFF header is not 16 bytes with offset size 8.") }
            firstDirectory = TIFFStructure.integer(start[8..<16], isBigEndian: isBigEndian)
        default:
            throw file.error(.malformed, "the TIFF version is \(version); expected 42, or 43 for BigTIFF.")
        }
    }

    /// All directories of the main chain, in order. A loop, an offset outside the file or more than `limit` pages is an error.
    func directories(limit: Int) throws(ImageError) -> [TIFFDirectory] {
        var result: [TIFFDirectory] = []
        var visited: Set<Int> = []
        var offset = firstDirectory
        while offset != 0 {
            guard visited.insert(offset).inserted else {
                throw file.error(
                    .malformed, "page \(result.count + 1): its directory at byte \(offset) was met before; the chain of pages is a loop.")
            }
            guard result.count < limit else {
                throw file.error(.limit, "the file has more than \(limit) pages. Split it into smaller files.")
            }
            let directory = try directory(at: offset, page: result.count + 1)
            result.append(directory)
            offset = directory.next
        }
        guard !result.isEmpty else { throw file.error(.malformed, "the file has no page: the offset of the first directory is 0.") }
        return result
    }

    private func directory(at offset: Int, page: Int) throws(ImageError) -> TIFFDirectory {
        let countSize = isBig ? 8 : 2
        let entrySize = isBig ? 20 : 12
        let offsetSize = isBig ? 8 : 4
        guard offset >= headerSize, offset <= file.size - countSize else {
            throw file.error(.malformed, "page \(page): its directory should lie at byte \(offset), but the file has \(file.size) bytes.")
        }
        let entryCount = integer(try file.bytes(at: offset, count: countSize)[...])
        guard entryCount > 0, entryCount <= 65_535, entryCount * entrySize + offsetSize <= file.size - offset - countSize else {
            throw file.error(.malformed, "page \(page): its directory claims \(entryCount) entries, which do not fit the file.")
        }
        let bytes = try file.bytes(at: offset + countSize, count: entryCount * entrySize + offsetSize)
        var entries: [UInt16: TIFFEntry] = [:]
        entries.reserveCapacity(entryCount)
        for index in 0..<entryCount {
            let start = index * entrySize
            let tag = UInt16(integer(bytes[start..<start + 2]))
            let type = UInt16(integer(bytes[start + 2..<start + 4]))
            let count = integer(bytes[start + 4..<start + 4 + offsetSize])
            // A field type that is unknown is skipped, as TIFF 6.0 asks of readers.
            guard let size = TIFFEntry.size(of: type) else { continue }
            let place = start + 4 + offsetSize
            let (total, overflow) = count.multipliedReportingOverflow(by: size)
            let isInline = !overflow && total <= offsetSize
            let valueOffset = isInline ? offset + countSize + place : integer(bytes[place..<place + offsetSize])
            guard !overflow, valueOffset >= 0, valueOffset <= file.size, total <= file.size - valueOffset else {
                throw file.error(.malformed, "page \(page): tag \(tag) claims \(count) values at byte \(valueOffset), outside of the file.")
            }
            guard total <= metadataLimit else {
                throw file.error(.limit, "page \(page): tag \(tag) has \(total) bytes; the limit is \(metadataLimit).")
            }
            guard entries.updateValue(TIFFEntry(type: type, count: count, offset: valueOffset), forKey: tag) == nil else {
                throw file.error(.malformed, "page \(page): tag \(tag) stands twice in the directory.")
            }
        }
        return TIFFDirectory(offset: offset, next: integer(bytes[(entryCount * entrySize)...]), entries: entries)
    }

    /// The values of an entry of whole numbers.
    func integers(_ entry: TIFFEntry, _ place: String) throws(ImageError) -> [Int] {
        guard [1, 3, 4, 13, 16, 18].contains(entry.type), let size = TIFFEntry.size(of: entry.type) else {
            throw file.error(.malformed, "\(place) has field type \(entry.type); whole numbers are expected.")
        }
        let bytes = try file.bytes(at: entry.offset, count: entry.count * size)
        return bytes.withUnsafeBytes { buffer in
            // Unaligned loads; the loop is hot for files of many strips.
            (0..<entry.count).map { index in
                switch size {
                case 1: Int(buffer[index])
                case 2: Int(swapped(buffer.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)))
                case 4: Int(swapped(buffer.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
                default: Int(clamping: swapped(buffer.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
                }
            }
        }
    }

    /// The first rational number of an entry as numerator and denominator.
    func rational(_ entry: TIFFEntry) throws(ImageError) -> (numerator: Int, denominator: Int)? {
        guard entry.type == 5, entry.count > 0 else { return nil }
        let bytes = try file.bytes(at: entry.offset, count: 8)
        return (integer(bytes[0..<4]), integer(bytes[4..<8]))
    }

    /// The text of an entry up to its first NUL, repaired where it is not UTF-8.
    func text(_ entry: TIFFEntry) throws(ImageError) -> String? {
        guard entry.type == 2 || entry.type == 1 || entry.type == 7 else { return nil }
        let bytes = try file.bytes(at: entry.offset, count: entry.count)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private func swapped<Value: FixedWidthInteger>(_ value: Value) -> Value {
        isBigEndian ? Value(bigEndian: value) : Value(littleEndian: value)
    }

    private func integer(_ bytes: ArraySlice<UInt8>) -> Int { TIFFStructure.integer(bytes, isBigEndian: isBigEndian) }

    /// An unsigned integer of up to 8 bytes; one that `Int` cannot hold comes as `Int.max`, which no file reaches.
    private static func integer(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> Int {
        var value: UInt64 = 0
        if isBigEndian {
            for byte in bytes { value = value << 8 | UInt64(byte) }
        } else {
            for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        }
        return Int(clamping: value)
    }
}
