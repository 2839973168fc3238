import Imaging

/// Sizes, pieces and frame contacts of the objects of one label image, in one pass over its rows.
struct LabelStatistics {
    /// The number of pixels of each object, in the order of their labels.
    private(set) var sizes: [Int] = []
    /// Labels whose pixels are in more than one piece (8 or 26 neighbours), ascending.
    private(set) var inPieces: [UInt32] = []
    /// The number of objects with a pixel on the border of the plane (y, x).
    private(set) var atFrame = 0

    /// A stretch of equal labels in one row: columns `start` up to, not including, `end`.
    private struct Run {
        var label: UInt32
        var start: Int
        var end: Int
        var piece: Int
    }

    init(_ image: LabelImage) {
        let width = image.shape[image.shape.count - 1]
        let height = image.shape.count > 1 ? image.shape[image.shape.count - 2] : 1
        let planes = image.shape.count > 2 ? image.shape[0] : 1
        var pixels: [UInt32: Int] = [:]
        var frame: Set<UInt32> = []
        var parents: [Int] = []
        var labels: [UInt32] = []
        var planeAbove: [[Run]] = []
        for plane in 0..<planes {
            var rows: [[Run]] = []
            rows.reserveCapacity(height)
            for row in 0..<height {
                var runs = Self.runs(in: image.labels[(plane * height + row) * width..<(plane * height + row + 1) * width])
                for index in runs.indices {
                    runs[index].piece = parents.count
                    parents.append(parents.count)
                    labels.append(runs[index].label)
                    pixels[runs[index].label, default: 0] += runs[index].end - runs[index].start
                    if row == 0 || row == height - 1 || runs[index].start == 0 || runs[index].end == width {
                        frame.insert(runs[index].label)
                    }
                }
                if row > 0 { Self.join(runs, rows[row - 1], &parents) }
                if plane > 0 {
                    for neighbour in max(0, row - 1)...min(height - 1, row + 1) { Self.join(runs, planeAbove[neighbour], &parents) }
                }
                rows.append(runs)
            }
            planeAbove = rows
        }
        var pieces: [UInt32: Int] = [:]
        for piece in parents.indices where parents[piece] == piece { pieces[labels[piece], default: 0] += 1 }
        sizes = pixels.sorted { $0.key < $1.key }.map(\.value)
        inPieces = pieces.filter { $0.value > 1 }.map(\.key).sorted()
        atFrame = frame.count
    }

    private static func runs(in row: ArraySlice<UInt32>) -> [Run] {
        var runs: [Run] = []
        var start = row.startIndex
        while start < row.endIndex {
            let label = row[start]
            var end = start + 1
            while end < row.endIndex, row[end] == label { end += 1 }
            if label != 0 { runs.append(Run(label: label, start: start - row.startIndex, end: end - row.startIndex, piece: 0)) }
            start = end
        }
        return runs
    }

    /// Joins runs of equal label that touch, corners included; both rows ascend.
    private static func join(_ row: [Run], _ other: [Run], _ parents: inout [Int]) {
        var first = 0
        for run in row {
            while first < other.count, other[first].end < run.start { first += 1 }
            var index = first
            while index < other.count, other[index].start <= run.end {
                if other[index].label == run.label {
                    let (a, b) = (root(run.piece, &parents), root(other[index].piece, &parents))
                    parents[max(a, b)] = min(a, b)
                }
                index += 1
            }
        }
    }

    private static func root(_ piece: Int, _ parents: inout [Int]) -> Int {
        var piece = piece
        while parents[piece] != piece {
            parents[piece] = parents[parents[piece]]
            piece = parents[piece]
        }
        return piece
    }
}
