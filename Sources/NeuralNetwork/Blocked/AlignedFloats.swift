/// Floats that begin at a multiple of 64 bytes, so that a vector lies in one line of the cache.
struct AlignedFloats: Sendable {
    /// Never changed after `init`, so the elements stay where they are and so does the first aligned one.
    private let storage: [Float]
    private let offset: Int
    /// The number of floats.
    let count: Int

    /// Makes room for `count` floats; the closure writes all of them.
    init(count: Int, _ fill: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Void) throws(NetworkError) {
        var offset = 0
        storage = try floats(count: count + AlignedFloats.spare) { (base) throws(NetworkError) in
            offset = AlignedFloats.distance(base)
            try fill(base + offset)
        }
        self.offset = offset
        self.count = count
    }

    func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
        storage.withUnsafeBufferPointer { buffer in body(buffer.baseAddress.map { $0 + offset }) }
    }

    /// Floats to add to a count so that an aligned part of that count fits in.
    static let spare = 16

    /// Floats from an address to the next multiple of 64 bytes.
    static func distance(_ base: UnsafeMutablePointer<Float>) -> Int {
        let address = UInt(bitPattern: base)
        return Int((64 - address % 64) % 64) / MemoryLayout<Float>.stride
    }
}
