import Metrics
import Testing

@Suite("Empty images")
struct EmptyImageTests {
    private static let unitMetrics = MetricCatalog.all.filter { $0.range == 0...1 }.map { "\($0.id)" } + ["recall@1/5"]

    @Test("Both empty is the best value, one empty the worst, and each is flagged", arguments: unitMetrics)
    func empties(_ id: String) throws {
        #expect(try LabelPair([0, 0], [0, 0]).score(id) == Score(1, flags: [.bothEmpty]))
        #expect(try LabelPair([0, 0], [4, 0]).score(id) == Score(0, flags: [.truthEmpty]))
        #expect(try LabelPair([4, 0], [0, 0]).score(id) == Score(0, flags: [.predictionEmpty]))
    }

    @Test("Images without background are ordinary images", arguments: unitMetrics)
    func noBackground(_ id: String) throws {
        #expect(try LabelPair([1, 1, 2, 2], [2, 2, 1, 1]).score(id) == Score(1))
    }

    @Test("Counts are counts, empty or not")
    func counts() throws {
        let pair = try LabelPair([0, 0, 5, 9, 9], [0, 0, 0, 0, 4_000_000_000])
        let values = try ["count.truth", "count.prediction", "count.difference", "count.absoluteDifference"].map { try pair.score($0) }
        #expect(values == [Score(2), Score(1), Score(-1), Score(1)])
        #expect(try LabelPair([0], [0]).score("count.difference") == Score(0))
    }

    @Test("Evidence without an overlap table has no score, and says so", arguments: MetricCatalog.all.map { "\($0.id)" })
    func missingPart(_ id: String) throws {
        let evidence = try Evidence(shape: [4, 4], spacing: [nil, nil], overlap: nil)
        #expect(try MetricCatalog.metric(for: id).score(evidence) == Score(nil, flags: [.evidenceMissing]))
    }
}
