internal import Synchronization

/// Keeps the memory of the last run for the next one: fresh memory costs a fault for each page, which a small tile would feel.
final class SpareMemory: Sendable {
    private let spare = Mutex<[Float]>([])

    /// Gives a closure at least `count` floats, aligned to 64 bytes, that hold anything.
    func withFloats<Result>(
        _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Result
    ) throws(NetworkError) -> Result {
        let needed = count + AlignedFloats.spare
        var memory = spare.withLock { spare in
            let taken = spare
            spare = []
            return taken
        }
        if memory.count < needed {
            memory = []
            memory = [Float](unsafeUninitializedCapacity: needed) { _, initialized in initialized = needed }
        }
        defer { spare.withLock { spare in if spare.count < memory.count { spare = memory } } }
        var outcome: Swift.Result<Result, NetworkError>?
        memory.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            do throws(NetworkError) {
                outcome = .success(try body(base + AlignedFloats.distance(base)))
            } catch {
                outcome = .failure(error)
            }
        }
        guard let outcome else { throw NetworkError(.internalFault, "there is no memory for the blocks") }
        return try outcome.get()
    }
}
