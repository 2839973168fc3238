import Foundation
import Imaging
import Metrics
import Testing

@Suite("The overlap pass")
struct OverlapPassTests {
    @Test("Every instruction set counts what a plain loop counts", arguments: OverlapInstructions.allCases)
    func instructions(_ instructions: OverlapInstructions) throws {
        for seed in UInt64(0)..<60 {
            let count = seed < 40 ? Int(seed) + 1 : 4000 + Int(seed)
            let pair = try LabelPair(seed: seed, count: count, labels: seed % 3 == 0 ? 400 : 4, longestRun: seed % 2 == 0 ? 40 : 3)
            let table = try OverlapTable(prediction: pair.prediction, truth: pair.truth, instructions: instructions)
            #expect(try table == plainTable(pair), "seed \(seed)")
        }
    }

    @Test("The best instruction set of the machine is used where it has more than the baseline")
    func bestInstructions() {
        #if arch(x86_64)
            // Asked in another way than the pass asks.
            let flags = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            if flags.contains(" avx512f ") {
                #expect(OverlapInstructions.best == .avx512)
            } else if flags.contains(" avx2 ") {
                #expect(OverlapInstructions.best == .avx2)
            }
        #else
            #expect(OverlapInstructions.best == .baseline)
        #endif
    }

    @Test("Labels may be anything up to 2^32 - 1, with gaps")
    func largeLabels() throws {
        let pair = try LabelPair([0, .max, .max, .max - 1, 1 << 31], [.max, .max, 0, 7, 7])
        let table = try #require(try pair.evidence().overlap)
        #expect(table.truth.map(\.label) == [0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF] as [UInt32])
        #expect(table.truth.map(\.voxels) == [1, 1, 2])
        #expect(table.prediction.map(\.label) == [7, 0xFFFF_FFFF] as [UInt32])
        #expect(
            table.cells == [
                OverlapCell(truth: 0, prediction: 0, voxels: 1), OverlapCell(truth: 1, prediction: 0, voxels: 1),
                OverlapCell(truth: 2, prediction: 1, voxels: 1),
            ])
    }

    @Test("More pairs than the table first holds are all counted")
    func tableGrows() throws {
        let labels = (1...50_000).map { UInt32($0) }
        let pair = try LabelPair(labels, labels.reversed())
        let table = try #require(try pair.evidence().overlap)
        #expect(table.cells.count == 50_000)
        #expect(table.cells.enumerated().allSatisfy { $1 == OverlapCell(truth: $0, prediction: 49_999 - $0, voxels: 1) })
    }

    @Test("Images of different shapes are an error that names both shapes")
    func shapesDiffer() throws {
        let truth = try #require(LabelImage(shape: [2, 3], labels: [0, 0, 0, 1, 1, 1]))
        let prediction = try #require(LabelImage(shape: [3, 2], labels: [0, 0, 0, 1, 1, 1]))
        let error = #expect(throws: MetricError.shapesDiffer(prediction: [3, 2], truth: [2, 3])) {
            try Evidence(prediction: prediction, truth: truth)
        }
        #expect(error?.description == "the prediction has shape (3, 2), the truth (2, 3); write a label image of the truth's shape")
    }

    @Test("More objects or pairs than the limits are errors")
    func limits() throws {
        let labels = (1...100).map { UInt32($0) }
        let pair = try LabelPair(labels, labels)
        var limits = EvidenceLimits.standard
        limits.cells = 99
        #expect(throws: MetricError.tooManyCells(limit: 99)) {
            try Evidence(prediction: pair.prediction, truth: pair.truth, limits: limits)
        }
        limits.cells = 100
        _ = try Evidence(prediction: pair.prediction, truth: pair.truth, limits: limits)
        limits.objects = 99
        #expect(throws: MetricError.tooManyObjects(image: "truth", found: 100, limit: 99)) {
            try Evidence(prediction: pair.prediction, truth: pair.truth, limits: limits)
        }
    }

    @Test("The spacing is the truth's, and one that is no length is an error")
    func spacing() throws {
        let truth = try #require(LabelImage(shape: [1, 2], labels: [1, 1], spacing: [nil, 0.5]))
        let prediction = try #require(LabelImage(shape: [1, 2], labels: [1, 1], spacing: [2, 2]))
        #expect(try Evidence(prediction: prediction, truth: truth).spacing == [nil, 0.5])
        for wrong in [0, -1, Double.infinity] {
            let truth = try #require(LabelImage(shape: [1, 2], labels: [1, 1], spacing: [nil, wrong]))
            #expect(throws: MetricError.spacingNotPositive(axis: 1, found: wrong)) { try Evidence(prediction: prediction, truth: truth) }
        }
    }

    /// The table by dictionaries, voxel by voxel.
    private func plainTable(_ pair: LabelPair) throws -> OverlapTable {
        func objects(_ labels: [UInt32]) -> [LabelledObject] {
            Dictionary(grouping: labels.filter { $0 > 0 }, by: { $0 }).map { LabelledObject(label: $0, voxels: $1.count) }
                .sorted { $0.label < $1.label }
        }
        let truth = objects(pair.truth.labels)
        let prediction = objects(pair.prediction.labels)
        let cells = Dictionary(grouping: zip(pair.truth.labels, pair.prediction.labels).filter { $0 > 0 && $1 > 0 }) {
            UInt64($0.0) << 32 | UInt64($0.1)
        }
        return try OverlapTable(
            voxelCount: pair.truth.labels.count, truth: truth, prediction: prediction,
            cells: cells.sorted { $0.key < $1.key }.map { key, voxels in
                OverlapCell(
                    truth: try #require(truth.firstIndex { $0.label == key >> 32 }),
                    prediction: try #require(prediction.firstIndex { $0.label == key & 0xFFFF_FFFF }), voxels: voxels.count)
            })
    }
}
