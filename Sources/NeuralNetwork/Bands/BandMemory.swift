/// A piece of the memory of a run in bands.
struct BandBuffer {
    fileprivate let places: Range<Int>
    fileprivate let isRest: Bool
    /// Where its floats lie, at a multiple of 64 bytes; `nil` in a rehearsal.
    let base: UnsafeMutablePointer<Float>?

    /// Where the blocks of a value lie, one behind the other; none in a rehearsal.
    func blocks(_ shape: BlockedShape) -> [UnsafeMutablePointer<Float>] {
        base.map { base in (0..<shape.blocksPerImage).map { base + $0 * shape.blockFloats } } ?? []
    }
}

/// The memory of a run in bands, which is used again at once when it is given back, since fresh memory costs a fault for each page.
///
/// A rehearsal takes and gives back the same sizes in the same order without any memory, and so knows how much there has to be.
final class BandMemory {
    /// The most floats that were held beside it at one time.
    private(set) var besidePeak = 0
    /// Whether there is memory, or only its places.
    let isReal: Bool

    /// Where steps work, and where the few rows wait that later bands read again: among the former they would leave gaps of no use.
    private var work = BandRegion()
    private var rests = BandRegion()
    /// Floats that the caller holds while the run goes on.
    private var handedOver = 0

    /// The memory of a rehearsal.
    init() { isReal = false }

    /// The memory of a run that was rehearsed.
    init(rehearsed: BandMemory) {
        isReal = true
        work = BandRegion(floats: rehearsed.work.floats)
        rests = BandRegion(floats: rehearsed.rests.floats)
    }

    /// Floats of the memory, whose pages stay once they were used.
    var floats: Int { work.floats + rests.floats }

    /// At least `count` floats that hold anything.
    func take(_ count: Int, isRest: Bool = false) throws(NetworkError) -> BandBuffer {
        let (places, base) = isRest ? try rests.take(count, isReal: isReal) : try work.take(count, isReal: isReal)
        return BandBuffer(places: places, isRest: isRest, base: base)
    }

    /// Takes a buffer back.
    func giveBack(_ buffer: BandBuffer) {
        if buffer.isRest { rests.giveBack(buffer.places) } else { work.giveBack(buffer.places) }
    }

    /// Counts what the caller holds until it has taken all over.
    func handOver(_ floats: Int) {
        handedOver += floats
        pass(0)
    }

    /// The caller holds nothing of it any more.
    func takeOver() { handedOver = 0 }

    /// Counts what is held elsewhere for a moment.
    func pass(_ floats: Int) { besidePeak = max(besidePeak, handedOver + floats) }
}
