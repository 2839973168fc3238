/// What the truths of a split hold.
public struct SplitStatistics: Sendable, Codable, Equatable {
    /// The split.
    public let split: String
    /// Cases whose truth could be read.
    public var cases = 0
    /// Different groups among all cases of the split.
    public var groups = 0
    /// Objects in all truths together (for semantic segmentation: classes, counted for each truth).
    public var objects = 0
    /// Truths without any object.
    public var emptyTruths = 0
    /// Objects that touch the frame of the image in the plane (y, x).
    public var objectsAtFrame = 0
    /// Objects in more than one piece (full connectivity: 8 neighbours in 2-D, 26 in 3-D).
    public var objectsInPieces = 0
    /// The number of objects by size: entry `k` counts those with 2^k up to 2^(k+1) - 1 pixels.
    public var sizes: [Int] = []
    /// Objects below `tinyPixels`.
    public var tinyObjects = 0

    /// Below this number of pixels one pixel more or less changes an overlap measure by jumps (Metrics Reloaded).
    public static let tinyPixels = 20

    /// The statistics of a split before any truth was read.
    init(split: SplitDraft) {
        self.split = split.id
        groups = split.groupCount
    }

    /// A line for people, and one with the sizes.
    public var text: String {
        guard objects > 0 else { return "\(split): \(cases) cases in \(groups) groups, no objects" }
        let bars = sizes.enumerated().filter { $0.element > 0 }.map { "\(1 << $0.offset)-\((2 << $0.offset) - 1) px: \($0.element)" }
        return
            "\(split): \(cases) cases in \(groups) groups, \(objects) objects (\(objectsAtFrame) at the frame, \(objectsInPieces) in pieces, "
            + "\(tinyObjects) below \(Self.tinyPixels) px), \(emptyTruths) empty truths\n  sizes \(bars.joined(separator: ", "))"
    }

    /// Adds one truth.
    mutating func add(_ objects: LabelStatistics) {
        cases += 1
        self.objects += objects.sizes.count
        emptyTruths += objects.sizes.isEmpty ? 1 : 0
        objectsAtFrame += objects.atFrame
        objectsInPieces += objects.inPieces.count
        for size in objects.sizes {
            let bin = Int.bitWidth - 1 - size.leadingZeroBitCount
            if sizes.count <= bin { sizes += Array(repeating: 0, count: bin + 1 - sizes.count) }
            sizes[bin] += 1
            if size < Self.tinyPixels { tinyObjects += 1 }
        }
    }
}
