import Metrics
import Testing

@Suite("Matching of objects")
struct MatchingTests {
    @Test("An IoU of exactly the threshold reaches it", arguments: 1...20)
    func exactThreshold(_ twentieths: Int) throws {
        let threshold = try #require(Fraction(twentieths, 20))
        let truth = [UInt32](repeating: 1, count: 20)
        let prediction = (0..<20).map { UInt32($0 < twentieths ? 1 : 0) }
        let table = try #require(try LabelPair(truth, prediction).evidence().overlap)
        #expect(table.matching(atLeast: threshold).truePositives == 1)
        if twentieths < 20 {
            let above = try #require(Fraction(twentieths * 500 + 1, 10_000))
            #expect(table.matching(atLeast: above).truePositives == 0)
        }
    }

    @Test("Counts near 2^53 compare without overflow or rounding")
    func hugeCounts() throws {
        let size = 1 << 52
        func table(shared: Int) throws -> OverlapTable {
            try OverlapTable(
                voxelCount: 1 << 53, truth: [LabelledObject(label: 1, voxels: size)],
                prediction: [LabelledObject(label: 1, voxels: shared)], cells: [OverlapCell(truth: 0, prediction: 0, voxels: shared)])
        }
        let half = size / 2
        #expect(try table(shared: half).matching(atLeast: .oneHalf).truePositives == 1)
        #expect(try table(shared: half - 1).matching(atLeast: .oneHalf).truePositives == 0)
        #expect(try table(shared: half).matchingAboveOneHalf().truePositives == 0)
        #expect(try table(shared: half + 1).matchingAboveOneHalf().truePositives == 1)
    }

    @Test("pq takes an IoU of 1/2 as no match, pq.ge@1/2 and ap@1/2 as a match")
    func oneHalf() throws {
        let pair = try LabelPair([1, 1, 1, 1], [5, 5, 0, 0])
        #expect(try pair.score("pq") == Score(0))
        #expect(try pair.score("pq.ge@1/2") == Score(0.5))
        #expect(try pair.score("ap@1/2") == Score(1))
        #expect(try pair.score("sq") == Score(0, flags: [.noMatch]))
        #expect(try pair.score("sq.ge@1/2") == Score(0.5))
    }

    @Test("Below 1/2 the number of pairs is the largest possible", arguments: ["1/20", "1/10", "1/5", "1/4", "1/3", "2/5", "1/2"])
    func maximumMatching(_ text: String) throws {
        var greedyFellShort = 0
        for seed in UInt64(0)..<150 {
            let table = try randomTable(seed)
            let parts = text.split(separator: "/").compactMap { Int($0) }
            let threshold = try #require(Fraction(parts[0], parts[1]))
            let eligible = table.cells.filter { $0.voxels * parts[1] >= table.union($0) * parts[0] }
            let matching = table.matching(atLeast: threshold)
            #expect(matching.truePositives == largestMatching(eligible[...]), "seed \(seed)")
            #expect(Set(matching.pairs.map(\.truth)).count == matching.pairs.count)
            #expect(Set(matching.pairs.map(\.prediction)).count == matching.pairs.count)
            #expect(matching.pairs.allSatisfy(eligible.contains))
            #expect(matching.truePositives + matching.falseNegatives == table.truth.count)
            #expect(matching.truePositives + matching.falsePositives == table.prediction.count)
            if greedyMatching(eligible) < matching.truePositives { greedyFellShort += 1 }
        }
        // The cases are hard enough to tell an exact matching from a greedy one.
        if text == "1/20" { #expect(greedyFellShort > 10) }
    }

    @Test("AJI+ takes the assignment with the largest sum of IoU")
    func bestAssignment() throws {
        var greedyDiffers = 0
        for seed in UInt64(0)..<200 {
            let table = try randomTable(seed)
            let all = table.truthVoxels + table.predictionVoxels
            let best = bestAssignment(table, table.cells[...])
            let found = try #require(AggregatedJaccardIndexPlus().score(table).value)
            #expect(abs(found - Double(best.shared) / Double(all - best.shared)) < 1e-12, "seed \(seed)")
            let greedy = greedyAssignment(table)
            if abs(found - Double(greedy) / Double(all - greedy)) > 1e-12 { greedyDiffers += 1 }
        }
        #expect(greedyDiffers > 10)
    }

    @Test("A long chain of overlaps is matched along its whole length")
    func longChain() throws {
        // Each object of the truth overlaps two of the prediction; only one choice pairs all of them.
        let count = 20_000
        let truth = (0..<count).flatMap { [UInt32($0) + 1, UInt32($0) + 1] }
        let prediction: [UInt32] = (1..<2 * count).map { UInt32($0 + 1) / 2 + UInt32(($0 + 1) % 2) } + [1]
        let table = try #require(try LabelPair(truth, prediction).evidence().overlap)
        let threshold = try #require(Fraction(1, 10))
        #expect(table.matching(atLeast: threshold).truePositives == count)
    }

    // MARK: plain searches, exponential in the number of cells

    /// Few objects with many overlaps.
    private func randomTable(_ seed: UInt64) throws -> OverlapTable {
        let pair = try LabelPair(seed: seed, count: 30, labels: 6, longestRun: 5)
        return try #require(try pair.evidence().overlap)
    }

    private func largestMatching(_ cells: ArraySlice<OverlapCell>) -> Int {
        guard let first = cells.first else { return 0 }
        let without = largestMatching(cells.dropFirst())
        let rest = cells.dropFirst().filter { $0.truth != first.truth && $0.prediction != first.prediction }
        return max(without, 1 + largestMatching(rest[...]))
    }

    private func greedyMatching(_ cells: [OverlapCell]) -> Int {
        var truth: Set<Int> = []
        var prediction: Set<Int> = []
        for cell in cells where !truth.contains(cell.truth) && !prediction.contains(cell.prediction) {
            truth.insert(cell.truth)
            prediction.insert(cell.prediction)
        }
        return truth.count
    }

    private func bestAssignment(_ table: OverlapTable, _ cells: ArraySlice<OverlapCell>) -> (iou: Double, shared: Int) {
        guard let first = cells.first else { return (0, 0) }
        let without = bestAssignment(table, cells.dropFirst())
        let rest = cells.dropFirst().filter { $0.truth != first.truth && $0.prediction != first.prediction }
        let after = bestAssignment(table, rest[...])
        let with = (iou: after.iou + table.iou(first), shared: after.shared + first.voxels)
        if abs(with.iou - without.iou) < 1e-11 { return with.shared > without.shared ? with : without }
        return with.iou > without.iou ? with : without
    }

    private func greedyAssignment(_ table: OverlapTable) -> Int {
        var truth: Set<Int> = []
        var prediction: Set<Int> = []
        var shared = 0
        for cell in table.cells.sorted(by: { table.iou($0) > table.iou($1) })
        where !truth.contains(cell.truth) && !prediction.contains(cell.prediction) {
            truth.insert(cell.truth)
            prediction.insert(cell.prediction)
            shared += cell.voxels
        }
        return shared
    }
}
