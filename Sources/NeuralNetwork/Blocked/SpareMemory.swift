internal import Synchronization

/// Keeps the memory of the last run for the next one: fresh memory costs a fault for each page, which a small tile would feel.
final class SpareMemory: Sendable {
    private let spare = Mutex<AlignedMemory?>(nil)

    /// Gives a closure at least `count` floats, aligned to 64 bytes, that hold anything.
    func withFloats<Result>(
        _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(NetworkError) -> Result
    ) throws(NetworkError) -> Result {
        let memory = try taken(count)
        defer { spare.withLock { spare in if (spare?.count ?? 0) < memory.count { spare = memory } } }
        return try body(memory.base)
    }

    /// Gives the memory back.
    func release() { spare.withLock { $0 = nil } }

    /// What is spare if it is large enough; else it goes before other memory comes.
    private func taken(_ count: Int) throws(NetworkError) -> AlignedMemory {
        let last = spare.withLock { spare in
            let last = spare
            spare = nil
            return last
        }
        if let last, last.count >= count { return last }
        return try AlignedMemory(count: count)
    }
}
