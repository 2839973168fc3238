/// One piece of memory in which each buffer takes the smallest gap that holds it.
struct BandRegion {
    /// Floats of the piece: those of a rehearsal, or the most that were needed so far.
    private(set) var floats: Int
    /// Gaps by place; behind the last buffer there is none.
    private var gaps: [Range<Int>] = []
    /// Where the last buffer ends.
    private var end = 0
    /// The piece, from the first buffer on.
    private var piece: AlignedMemory?

    /// Buffers begin at multiples of it: 64 bytes.
    private static let step = 16

    init(floats: Int = 0) { self.floats = floats }

    /// The places of at least `count` floats, and where they lie; without memory, only the places.
    mutating func take(
        _ count: Int, isReal: Bool
    ) throws(NetworkError) -> (places: Range<Int>, base: UnsafeMutablePointer<Float>?) {
        let places = place((max(1, count) + Self.step - 1) / Self.step * Self.step)
        guard isReal else {
            floats = max(floats, end)
            return (places, nil)
        }
        guard end <= floats else { throw NetworkError(.internalFault, "bands need \(end) floats where \(floats) were rehearsed") }
        if piece == nil { piece = try AlignedMemory(count: floats) }
        return (places, piece.map { $0.base + places.lowerBound })
    }

    private mutating func place(_ count: Int) -> Range<Int> {
        guard let index = gaps.indices.filter({ gaps[$0].count >= count }).min(by: { gaps[$0].count < gaps[$1].count }) else {
            defer { end += count }
            return end..<end + count
        }
        let places = gaps[index].prefix(count)
        if gaps[index].count == count { gaps.remove(at: index) } else { gaps[index] = places.upperBound..<gaps[index].upperBound }
        return places
    }

    /// Makes a gap of a buffer's places, joined with those beside it.
    mutating func giveBack(_ places: Range<Int>) {
        var gap = places
        let next = gaps.firstIndex { $0.lowerBound >= gap.upperBound } ?? gaps.endIndex
        var joined = next..<next
        if next < gaps.endIndex, gaps[next].lowerBound == gap.upperBound {
            gap = gap.lowerBound..<gaps[next].upperBound
            joined = next..<next + 1
        }
        if next > 0, gaps[next - 1].upperBound == gap.lowerBound {
            gap = gaps[next - 1].lowerBound..<gap.upperBound
            joined = next - 1..<joined.upperBound
        }
        if gap.upperBound == end {
            end = gap.lowerBound
            gaps.removeSubrange(joined)
        } else {
            gaps.replaceSubrange(joined, with: CollectionOfOne(gap))
        }
    }
}
