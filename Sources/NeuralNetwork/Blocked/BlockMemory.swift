/// Lays buffers with known lifetimes into one piece of memory: large ones first, each at the lowest place that is free as long as it lives.
///
/// Source: Y. Pisarchyk, J. Lee, Efficient Memory Management for Deep Neural Net Inference, 2020 (greedy by size).
struct BlockMemory {
    /// One block of a value: a buffer and the floats from its start.
    struct Part {
        let buffer: Int
        let start: Int
    }

    private struct Buffer {
        let floats: Int
        let birth: Int
        var death: Int
    }

    private var buffers: [Buffer] = []
    /// Floats of all; known after `place`.
    private(set) var floats = 0

    /// A buffer for a value that is written at a step; its blocks.
    mutating func add(_ shape: BlockedShape, at step: Int) -> [Part] {
        buffers.append(Buffer(floats: shape.floats, birth: step, death: step))
        return (0..<shape.images * shape.blocksPerImage).map { Part(buffer: buffers.count - 1, start: $0 * shape.blockFloats) }
    }

    /// Keeps a block's buffer until a step has read it.
    mutating func extend(_ part: Part, to step: Int) {
        buffers[part.buffer].death = max(buffers[part.buffer].death, step)
    }

    /// Where each buffer begins.
    mutating func place() -> [Int] {
        var offsets = [Int](repeating: 0, count: buffers.count)
        var placed: [Int] = []
        for index in buffers.indices.sorted(by: { (buffers[$0].floats, $1) > (buffers[$1].floats, $0) }) {
            let buffer = buffers[index]
            let neighbours = placed.filter { buffers[$0].birth <= buffer.death && buffer.birth <= buffers[$0].death }
            var offset = 0
            for other in neighbours.sorted(by: { offsets[$0] < offsets[$1] }) {
                if offset + buffer.floats <= offsets[other] { break }
                offset = max(offset, offsets[other] + buffers[other].floats)
            }
            offsets[index] = offset
            floats = max(floats, offset + buffer.floats)
            placed.append(index)
        }
        return offsets
    }
}
