/// The largest one-to-one choice among pairs of objects (Hopcroft and Karp 1973).
///
/// Time O(pairs * sqrt(objects)), and memory O(pairs): a prediction made to be slow is not. Nothing recurses.
struct MaximumMatching {
    private let firstPair: [Int]
    private let columns: [Int]
    private var pairOfRow: [Int]
    private var rowOfColumn: [Int]
    private var layer: [Int]

    private static let none = -1

    /// Chooses among `pairs`, which are sorted by truth.
    static func pairs(of pairs: [OverlapCell], in table: OverlapTable) -> [OverlapCell] {
        var search = MaximumMatching(pairs, rowCount: table.truth.count, columnCount: table.prediction.count)
        search.run()
        return search.pairOfRow.filter { $0 != none }.map { pairs[$0] }
    }

    private init(_ pairs: [OverlapCell], rowCount: Int, columnCount: Int) {
        var firstPair = [Int](repeating: 0, count: rowCount + 1)
        for pair in pairs { firstPair[pair.truth + 1] += 1 }
        for row in 0..<rowCount { firstPair[row + 1] += firstPair[row] }
        self.firstPair = firstPair
        columns = pairs.map(\.prediction)
        pairOfRow = [Int](repeating: Self.none, count: rowCount)
        rowOfColumn = [Int](repeating: Self.none, count: columnCount)
        layer = [Int](repeating: Self.none, count: rowCount)
    }

    private mutating func run() {
        while findLayers() {
            var next = firstPair
            for row in pairOfRow.indices where pairOfRow[row] == Self.none { augment(from: row, &next) }
        }
    }

    /// Breadth first from the free rows; whether a free column was reached.
    private mutating func findLayers() -> Bool {
        var queue: [Int] = []
        for row in layer.indices {
            layer[row] = pairOfRow[row] == Self.none ? 0 : Self.none
            if layer[row] == 0 { queue.append(row) }
        }
        var reachesFreeColumn = false
        var head = 0
        while head < queue.count {
            let row = queue[head]
            head += 1
            for pair in firstPair[row]..<firstPair[row + 1] {
                let other = rowOfColumn[columns[pair]]
                if other == Self.none {
                    reachesFreeColumn = true
                } else if layer[other] == Self.none {
                    layer[other] = layer[row] + 1
                    queue.append(other)
                }
            }
        }
        return reachesFreeColumn
    }

    /// Depth first along the layers; `next` is the first pair of each row that was not tried in this phase.
    private mutating func augment(from start: Int, _ next: inout [Int]) {
        var path = [start]
        while let row = path.last {
            guard next[row] < firstPair[row + 1] else {
                // A dead end: the row before goes on with its next pair.
                path.removeLast()
                if let previous = path.last { next[previous] += 1 }
                continue
            }
            let other = rowOfColumn[columns[next[row]]]
            if other == Self.none {
                for row in path {
                    pairOfRow[row] = next[row]
                    rowOfColumn[columns[next[row]]] = row
                    next[row] += 1
                }
                return
            }
            if layer[other] == layer[row] + 1 {
                path.append(other)
            } else {
                next[row] += 1
            }
        }
    }
}
