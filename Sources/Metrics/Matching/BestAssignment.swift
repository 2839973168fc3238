/// The one-to-one choice of overlapping objects with the largest sum of IoU, and among those with the most shared voxels.
///
/// Shortest augmenting paths with Dijkstra on the sparse pairs (Jonker and Volgenant 1987), one object of the truth after the other;
/// an object may stay alone. The IoU is taken to 40 binary digits and the sums are whole numbers, so that the choice does not
/// depend on an order of additions. In real images the paths stay within a few neighbours.
struct BestAssignment {
    private let firstPair: [Int]
    private let columns: [Int]
    private let costs: [Int128]
    private var pairOfRow: [Int]
    private var rowOfColumn: [Int]
    private var rowPotential: [Int128]
    private var columnPotential: [Int128]
    /// How the search for the current row reached a column; `nil` where it did not.
    private var reached: [Step?]
    private var reachedColumns: [Int] = []

    private static let none = -1

    private struct Step {
        let distance: Int128
        let pair: Int
        let row: Int
    }

    /// The chosen pairs, by ascending truth.
    static func pairs(in table: OverlapTable) -> [OverlapCell] {
        var search = BestAssignment(table)
        for row in table.truth.indices { search.assign(row) }
        return search.pairOfRow.filter { $0 != none }.map { table.cells[$0] }
    }

    private init(_ table: OverlapTable) {
        var firstPair = [Int](repeating: 0, count: table.truth.count + 1)
        for cell in table.cells { firstPair[cell.truth + 1] += 1 }
        for row in table.truth.indices { firstPair[row + 1] += firstPair[row] }
        self.firstPair = firstPair
        columns = table.cells.map(\.prediction)
        costs = table.cells.map { -Self.weight(voxels: $0.voxels, union: table.union($0)) }
        pairOfRow = [Int](repeating: Self.none, count: table.truth.count)
        rowOfColumn = [Int](repeating: Self.none, count: table.prediction.count)
        rowPotential = [Int128](repeating: 0, count: table.truth.count)
        columnPotential = [Int128](repeating: 0, count: table.prediction.count)
        reached = [Step?](repeating: nil, count: table.prediction.count)
    }

    /// The IoU in units of 2^-40, rounded, above the voxels: sums of voxels stay below 2^54, sums of 2^22 IoUs below 2^62.
    private static func weight(voxels: Int, union: Int) -> Int128 {
        let iou = ((Int128(voxels) << 41) / Int128(union) + 1) >> 1
        return iou << 54 + Int128(voxels)
    }

    /// Adds a row: finds the cheapest way to give it a column, where rows on the way may change theirs or the last one stays alone.
    private mutating func assign(_ start: Int) {
        rowPotential[start] = pairs(of: start).reduce(0) { min($0, costs[$1] - columnPotential[columns[$1]]) }
        for column in reachedColumns { reached[column] = nil }
        reachedColumns.removeAll(keepingCapacity: true)
        var queue = PathQueue()
        var settled: [(column: Int, distance: Int128)] = []
        var settledRows: [(row: Int, distance: Int128)] = [(start, 0)]
        // The cheapest row to leave alone: being alone costs 0.
        var loneRow = (row: start, distance: -rowPotential[start])
        relax(start, 0, &queue)
        var freeColumn: Int?
        while let (distance, column) = queue.popFirst() {
            guard let entry = reached[column], entry.distance == distance else { continue }
            if distance >= loneRow.distance { break }
            let row = rowOfColumn[column]
            if row == Self.none {
                freeColumn = column
                loneRow.distance = distance
                break
            }
            settled.append((column, distance))
            settledRows.append((row, distance))
            if distance - rowPotential[row] < loneRow.distance { loneRow = (row, distance - rowPotential[row]) }
            relax(row, distance, &queue)
        }
        for (row, distance) in settledRows { rowPotential[row] += loneRow.distance - distance }
        for (column, distance) in settled { columnPotential[column] -= loneRow.distance - distance }
        if let freeColumn {
            shift(alongPathTo: freeColumn)
        } else if loneRow.row != start {
            let column = columns[pairOfRow[loneRow.row]]
            pairOfRow[loneRow.row] = Self.none
            shift(alongPathTo: column)
        }
    }

    private func pairs(of row: Int) -> Range<Int> { firstPair[row]..<firstPair[row + 1] }

    private mutating func relax(_ row: Int, _ distance: Int128, _ queue: inout PathQueue) {
        for pair in pairs(of: row) where pair != pairOfRow[row] {
            let column = columns[pair]
            let length = distance + costs[pair] - rowPotential[row] - columnPotential[column]
            if let known = reached[column] {
                guard length < known.distance else { continue }
            } else {
                reachedColumns.append(column)
            }
            reached[column] = Step(distance: length, pair: pair, row: row)
            queue.insert(length, column)
        }
    }

    /// Gives each row on the path the column that it was reached through.
    private mutating func shift(alongPathTo last: Int) {
        var column = last
        while let step = reached[column] {
            let previous = pairOfRow[step.row]
            pairOfRow[step.row] = step.pair
            rowOfColumn[column] = step.row
            guard previous != Self.none else { return }
            column = columns[previous]
        }
    }
}
