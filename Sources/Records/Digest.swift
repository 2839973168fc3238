/// A SHA-256 digest (FIPS 180-4), computed by libsodium; written and read as 64 lowercase hexadecimal digits.
public struct Digest: Sendable, Hashable {
    // Four words, the first byte of the digest the highest of the first: a value without a heap allocation.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// The digest of some bytes.
    public init(of bytes: [UInt8]) {
        var digest = IncrementalDigest()
        digest.update(bytes)
        self = digest.finish()
    }

    /// The digest of a text's UTF-8 bytes.
    public init(ofText text: String) {
        self.init(of: Array(text.utf8))
    }

    /// The digest of a list of digests: SHA-256 of the canonical JSON list of their hexadecimal texts. The order counts.
    public init(ofDigests digests: [Digest]) {
        self.init(ofText: "[" + digests.map { "\"\($0.hex)\"" }.joined(separator: ",") + "]")
    }

    /// Reads 64 lowercase hexadecimal digits.
    public init(hex: String) throws(RecordsError) {
        let text = Array(hex.utf8)
        guard text.count == 64 else { throw .malformedDigest(found: "a text of \(text.count) bytes") }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = hexDigit(text[index]), let low = hexDigit(text[index + 1]),
                !(0x41...0x46).contains(text[index]), !(0x41...0x46).contains(text[index + 1])
            else { throw .malformedDigest(found: "other characters") }
            bytes.append(high << 4 | low)
        }
        self.init(raw: bytes)
    }

    /// The digest's 32 bytes.
    public var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    /// 64 lowercase hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Takes four words as they are, the first byte of the digest the highest of the first.
    init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// Takes 32 bytes as they are.
    init(raw bytes: [UInt8]) {
        func word(_ index: Int) -> UInt64 { bytes[index * 8..<index * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        words = (word(0), word(1), word(2), word(3))
    }

    /// Whether two digests are the same.
    public static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

    /// Adds the digest to a hash table's hash; a part of it suffices.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}

extension Digest: CustomStringConvertible {
    /// The hexadecimal digits.
    public var description: String { hex }
}

extension Digest: Codable {
    /// Writes the hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }

    /// Reads the hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(hex: container.decode(String.self))
        } catch let error as RecordsError {
            guard case .malformedDigest(let found) = error else { throw error }
            throw RecordsError.mismatch(
                place: JSONPlace.text(decoder.codingPath), found: found, expected: "a digest of 64 lowercase hexadecimal digits")
        }
    }
}
