/// A buffer of a run in bands, or the mere count of it.
final class BandBuffer {
    let floats: Int
    private let memory: AlignedMemory?

    /// `nil` in a rehearsal, which only counts.
    var base: UnsafeMutablePointer<Float>? { memory?.base }

    fileprivate init(floats: Int, isReal: Bool) throws(NetworkError) {
        self.floats = floats
        memory = isReal ? try AlignedMemory(count: floats) : nil
    }
}

/// The memory of a run in bands: what is given back is used again, since fresh memory costs a fault for each page.
final class BandMemory {
    /// Whether there is memory, or only its sum.
    let isReal: Bool
    /// The most floats that were held at one time.
    private(set) var peak = 0
    private var live = 0
    /// Floats that the caller holds while the run goes on.
    private var handedOver = 0
    private var spare: [BandBuffer] = []
    private var spareFloats = 0
    /// Spare buffers are kept up to this sum.
    private let limit: Int

    init(isReal: Bool, limit: Int = 0) {
        self.isReal = isReal
        self.limit = limit
    }

    /// At least `floats` floats that hold anything.
    func take(_ floats: Int) throws(NetworkError) -> BandBuffer {
        // A buffer a little too large is taken as well: extents of bands differ at the ends of an image.
        let fitting = spare.indices.filter { spare[$0].floats >= floats && spare[$0].floats <= floats + floats / 8 }
        if let index = fitting.min(by: { spare[$0].floats < spare[$1].floats }) {
            let buffer = spare.remove(at: index)
            spareFloats -= buffer.floats
            count(buffer.floats)
            return buffer
        }
        while live + spareFloats + floats > limit, let oldest = spare.first {
            spareFloats -= oldest.floats
            spare.removeFirst()
        }
        let buffer = try BandBuffer(floats: floats, isReal: isReal)
        count(floats)
        return buffer
    }

    /// Takes a buffer back.
    func giveBack(_ buffer: BandBuffer) {
        live -= buffer.floats
        guard isReal else { return }
        spare.append(buffer)
        spareFloats += buffer.floats
    }

    /// Counts what the caller holds until it has taken all over.
    func handOver(_ floats: Int) {
        handedOver += floats
        count(floats)
    }

    /// The caller holds nothing of it any more.
    func takeOver() {
        live -= handedOver
        handedOver = 0
    }

    /// Counts what is held elsewhere for a moment.
    func pass(_ floats: Int) { peak = max(peak, live + floats) }

    private func count(_ floats: Int) {
        live += floats
        peak = max(peak, live)
    }
}
