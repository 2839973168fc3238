internal import CKernels

/// Floats at one address, aligned to 64 bytes, so that a vector lies in one line of the cache; on large pages where there are enough.
///
/// Kernels of several threads work on it by address, and rows are moved within it, which arrays would copy. Whoever holds it sees to it
/// that no two threads write the same floats, and nobody writes what others read; thus it is sent without a check.
final class AlignedMemory: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    /// The number of floats; they hold anything at first.
    let count: Int

    init(count: Int) throws(NetworkError) {
        let (bytes, overflow) = max(1, count).multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard !overflow, let memory = ck_take_memory(bytes) else { throw NetworkError(.limit, "no memory for \(count) floats") }
        base = memory.bindMemory(to: Float.self, capacity: max(1, count))
        self.count = count
    }

    deinit { ck_give_memory(base, max(1, count) * MemoryLayout<Float>.stride) }
}
