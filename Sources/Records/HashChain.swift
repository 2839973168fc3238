/// An append-only list of named digests in which every entry holds the digest of the entry before it, so that no entry can be
/// changed, removed or put in between without all later ones showing it.
///
/// Written as JSON lines, one canonical object a line: `{"digest":…,"index":…,"name":…,"previous":…}`. `previous` is SHA-256
/// of the line before (without its newline), 64 zeros for the first. The chain itself cannot show that its last entries were
/// cut off or replaced; compare `head` with a value that was kept elsewhere for that.
public struct HashChain: Sendable, Equatable {
    /// One entry of a chain.
    public struct Entry: Sendable, Codable, Equatable {
        /// The position in the chain, counted from 0.
        public let index: Int
        /// What the digest is of, such as the folder of an evaluation.
        public let name: String
        /// The digest of the thing named.
        public let digest: Digest
        /// The digest of the line before.
        public let previous: Digest
    }

    /// What an entry says and what was found instead.
    public struct Difference: Sendable, Equatable {
        /// The entry that differs.
        public let entry: Entry
        /// The digest of the thing as it is now; `nil` where it is gone.
        public let found: Digest?
    }

    /// The entries, the oldest first.
    public private(set) var entries: [Entry] = []
    /// The digest of the last line, 64 zeros for an empty chain.
    public private(set) var head = HashChain.start

    /// What the first entry holds as `previous`.
    private static let start = Digest(words: (0, 0, 0, 0))

    /// A chain without entries.
    public init() {}

    /// Adds an entry.
    /// Throws `RecordsError.brokenChain` if the name is there already: one name stands for one thing.
    public mutating func append(name: String, digest: Digest) throws(RecordsError) {
        if let index = entries.firstIndex(where: { $0.name == name }) {
            throw .brokenChain(index: index, name: name, found: "this name already", expected: "each name once")
        }
        let entry = Entry(index: entries.count, name: name, digest: digest, previous: head)
        head = Digest(of: try CanonicalJSON.encode(entry))
        entries.append(entry)
    }

    /// The chain as JSON lines, each ended by a newline.
    public func lines() throws(RecordsError) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            bytes += try CanonicalJSON.encode(entry)
            bytes.append(0x0A)
        }
        return bytes
    }

    /// Reads a chain from JSON lines and checks every link; the error names the first entry that is not what it was.
    public init(parsing bytes: [UInt8]) throws(RecordsError) {
        guard bytes.last ?? 0x0A == 0x0A else {
            throw .brokenChain(
                index: bytes.count { $0 == 0x0A }, name: nil, found: "a line that is cut off", expected: "a newline at the end")
        }
        for line in bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false) where !bytes.isEmpty {
            let entry = try Self.entry(Array(line), index: entries.count)
            guard entry.index == entries.count else {
                throw .brokenChain(
                    index: entries.count, name: entry.name, found: "the index \(entry.index)", expected: "the index \(entries.count)")
            }
            guard entry.previous == head else {
                // The link does not say which side was changed. The entry before is the first whose bytes are in doubt.
                let doubtful = entries.last ?? entry
                throw .brokenChain(
                    index: doubtful.index, name: doubtful.name,
                    found: "a line with the digest \(head)", expected: "\(entry.previous), as entry \(entry.index) says")
            }
            entries.append(entry)
            head = Digest(of: Array(line))
        }
    }

    private static func entry(_ line: [UInt8], index: Int) throws(RecordsError) -> Entry {
        let entry: Entry
        do {
            entry = try CanonicalJSON.decode(Entry.self, from: line, limits: JSONLimits(bytes: 1 << 16, depth: 1, values: 8))
        } catch {
            throw .brokenChain(index: index, name: nil, found: "a line that is no entry (\(error))", expected: "an entry")
        }
        guard try CanonicalJSON.encode(entry) == line else {
            throw .brokenChain(index: index, name: entry.name, found: "a line that is not canonical JSON", expected: "canonical JSON")
        }
        return entry
    }

    /// The first entry whose thing does not have the stated digest any more.
    ///
    /// - Parameter digest: computes the digest of an entry's thing as it is now; `nil` where it is gone.
    public func firstDifference<E: Error>(_ digest: (Entry) throws(E) -> Digest?) throws(E) -> Difference? {
        for entry in entries {
            let found = try digest(entry)
            if found != entry.digest { return Difference(entry: entry, found: found) }
        }
        return nil
    }
}
