/// Decoded blocks that were used last, up to a number of bytes.
struct BlockCache {
    private var entries: [Int: (bytes: [UInt8], age: Int)] = [:]
    private var age = 0
    private var held = 0
    private let limit: Int

    /// Holds at most `limit` bytes; a block that is larger is not kept at all.
    init(limit: Int) { self.limit = limit }

    /// The block of a number; decoded if it is not here.
    mutating func block(_ index: Int, decode: () throws(ImageError) -> [UInt8]) throws(ImageError) -> [UInt8] {
        age += 1
        if let entry = entries[index] {
            entries[index] = (entry.bytes, age)
            return entry.bytes
        }
        let bytes = try decode()
        guard bytes.count <= limit else { return bytes }
        while held + bytes.count > limit, let oldest = entries.min(by: { $0.value.age < $1.value.age }) {
            held -= oldest.value.bytes.count
            entries[oldest.key] = nil
        }
        entries[index] = (bytes, age)
        held += bytes.count
        return bytes
    }
}
