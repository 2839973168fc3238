import Metrics
import Testing

@Suite("Agreement with other implementations")
struct GoldenTests {
    @Test("The golden file is there, and its cases cover every metric")
    func fileIsComplete() throws {
        #expect(GoldenCase.all.count == 44)
        let first = try #require(GoldenCase.all.first)
        let names = Set((Array(first.formulas.keys) + Array(first.stardist.keys)).map { $0.prefix { $0 != "@" } })
        #expect(names == Set(MetricCatalog.families.map { $0.name[...] }))
    }

    @Test("The overlap table is skimage's contingency table", arguments: GoldenCase.all)
    func contingency(_ golden: GoldenCase) throws {
        let table = try #require(try golden.pair().evidence().overlap)
        #expect(table.cells.allSatisfy { $0.voxels > 0 })
        var expected: [[Int]] = []
        var truthVoxels: [Int: Int] = [:]
        var predictionVoxels: [Int: Int] = [:]
        for start in stride(from: 0, to: golden.cells.count, by: 3) {
            let (truth, prediction, voxels) = (golden.cells[start], golden.cells[start + 1], golden.cells[start + 2])
            if truth > 0 { truthVoxels[truth, default: 0] += voxels }
            if prediction > 0 { predictionVoxels[prediction, default: 0] += voxels }
            if truth > 0, prediction > 0 { expected.append([truth, prediction, voxels]) }
        }
        let found = table.cells.map { [Int(table.truth[$0.truth].label), Int(table.prediction[$0.prediction].label), $0.voxels] }
        #expect(found == expected)
        #expect(Dictionary(uniqueKeysWithValues: table.truth.map { (Int($0.label), $0.voxels) }) == truthVoxels)
        #expect(Dictionary(uniqueKeysWithValues: table.prediction.map { (Int($0.label), $0.voxels) }) == predictionVoxels)
    }

    @Test("Dice, IoU, PQ with >, SQ, RQ, AJI, AJI+ and counts are the formulas in numpy", arguments: GoldenCase.all)
    func formulas(_ golden: GoldenCase) throws {
        try compare(golden, golden.formulas) { _ in 1e-12 }
    }

    @Test("AP, F1, precision, recall, PQ and SQ with >= are stardist's", arguments: GoldenCase.all)
    func stardist(_ golden: GoldenCase) throws {
        // stardist scores two empty images 0; ours is 1, and `EmptyImageTests` has it.
        guard golden.name != "both empty" else {
            #expect(golden.stardist.values.allSatisfy { $0 == 0 })
            return
        }
        // Its sums of IoU are float32.
        try compare(golden, golden.stardist) { $0.hasPrefix("pq") || $0.hasPrefix("sq") ? 1e-6 : 1e-12 }
    }

    private func compare(_ golden: GoldenCase, _ expected: [String: Double], tolerance: (String) -> Double) throws {
        let evidence = try golden.pair().evidence()
        #expect(!expected.isEmpty)
        for (id, value) in expected {
            let found = try #require(try MetricCatalog.metric(for: id).score(evidence).value)
            #expect(abs(found - value) <= tolerance(id), "\(id): \(found), expected \(value)")
        }
    }
}
