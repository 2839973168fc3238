internal import CKernels

/// Shares blocks of work among threads. Which thread takes which block is open, so a block writes only what is its own,
/// and the results do not depend on the number of threads.
enum Parallel {
    /// Works on one block; the pointer is the worker's scratch memory, 64-byte aligned.
    typealias Body = (_ block: Int, _ scratch: UnsafeMutableRawPointer?) -> Void

    static func run(threads: Int, blocks: Int, scratchBytes: Int = 0, _ body: Body) throws(NetworkError) {
        guard blocks > 0 else { return }
        guard scratchBytes <= 1 << 30 else {
            throw NetworkError(.limit, "an operator asks for \(scratchBytes) bytes of scratch space a thread")
        }
        let status = withoutActuallyEscaping(body) { escapable in
            var context = escapable
            // The C function returns after all blocks are done, so the pointer to the closure lives long enough.
            return withUnsafeMutablePointer(to: &context) { pointer in
                ck_parallel_for(
                    Int32(clamping: threads), Int64(blocks), scratchBytes,
                    { context, block, scratch in context?.assumingMemoryBound(to: Body.self).pointee(Int(block), scratch) }, pointer)
            }
        }
        guard status == 0 else { throw NetworkError(.limit, "no memory for \(scratchBytes) bytes of scratch space") }
    }

    /// Elements in a block of an elementwise operator.
    static let elementsPerBlock = 1 << 16

    /// Shares a range of elements in blocks of a fixed size.
    static func elements(_ count: Int, threads: Int, _ body: (Range<Int>) -> Void) throws(NetworkError) {
        let size = elementsPerBlock
        try run(threads: threads, blocks: (count + size - 1) / size) { block, _ in
            body(block * size..<min(count, (block + 1) * size))
        }
    }
}
