/// Floats that are written once and begin at a multiple of 64 bytes.
struct AlignedFloats: Sendable {
    private let memory: AlignedMemory

    /// The number of floats.
    var count: Int { memory.count }

    /// Makes room for `count` floats; the closure writes all of them.
    init(count: Int, _ fill: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Void) throws(NetworkError) {
        memory = try AlignedMemory(count: count)
        try fill(memory.base)
    }

    /// Tells memory that several hold from memory of their own.
    var identity: ObjectIdentifier { ObjectIdentifier(memory) }

    func withPointer<Result>(_ body: (UnsafePointer<Float>?) -> Result) -> Result {
        withExtendedLifetime(memory) { body(UnsafePointer(memory.base)) }
    }
}
