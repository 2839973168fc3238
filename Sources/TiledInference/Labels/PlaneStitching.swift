/// Joins the objects of neighbouring planes that overlap.
///
/// An object takes the number of the object of the plane before with which its IoU is greatest, if that is at least the threshold and no
/// other object of its plane overlaps that one more; others get new numbers.
/// Source: cellpose 4.0.8 `stitch3D`.
struct PlaneStitching {
    private let threshold: Double
    /// The planes so far.
    private(set) var labels: [UInt32] = []
    private var last: [UInt32] = []
    private var greatest: UInt32 = 0

    init(threshold: Double) { self.threshold = threshold }

    /// Appends a plane with labels of its own.
    mutating func append(_ plane: [UInt32]) {
        var overlaps: [Pair: Int] = [:]
        var (sizes, before): ([UInt32: Int], [UInt32: Int]) = ([:], [:])
        for (index, label) in plane.enumerated() where label != 0 {
            sizes[label, default: 0] += 1
            if !last.isEmpty, last[index] != 0 { overlaps[Pair(label: label, before: last[index]), default: 0] += 1 }
        }
        for label in last where label != 0 { before[label, default: 0] += 1 }
        var shares: [UInt32: [(before: UInt32, share: Double)]] = [:]
        var most: [UInt32: Double] = [:]
        for (pair, common) in overlaps {
            let share = Double(common) / Double((sizes[pair.label] ?? 0) + (before[pair.before] ?? 0) - common)
            guard share >= threshold else { continue }
            shares[pair.label, default: []].append((pair.before, share))
            most[pair.before] = max(most[pair.before] ?? 0, share)
        }
        var numbers: [UInt32: UInt32] = [0: 0]
        for label in sizes.keys.sorted() {
            let best = (shares[label] ?? []).filter { $0.share >= most[$0.before] ?? 0 }
                .min { $0.share != $1.share ? $0.share > $1.share : $0.before < $1.before }
            if let best {
                numbers[label] = best.before
            } else {
                greatest += 1
                numbers[label] = greatest
            }
        }
        last = plane.map { numbers[$0] ?? 0 }
        labels += last
    }

    private struct Pair: Hashable {
        let label: UInt32
        let before: UInt32
    }
}
