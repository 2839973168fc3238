import Metrics
import Testing

@Suite("The catalogue of metrics")
struct MetricCatalogTests {
    @Test("Every metric is found by its id and says what it is", arguments: MetricCatalog.all.map { "\($0.id)" })
    func complete(_ id: String) throws {
        let metric = try MetricCatalog.metric(for: id)
        #expect("\(metric.id)" == id)
        #expect(metric.version >= 1)
        #expect(metric.versionedID == "\(id)#\(metric.version)")
        #expect(!metric.title.isEmpty && metric.convention.count > 60 && metric.source.count > 20)
        if let worst = metric.worst { #expect(metric.range.contains(worst)) }
        if metric.range == 0...1 {
            #expect(metric.higherIsBetter == true && metric.worst == 0)
            #expect(metric.convention.contains("Both images empty: 1"))
        }
    }

    @Test("No id stands twice, and every family has a usual member")
    func distinct() {
        #expect(Set(MetricCatalog.all.map(\.id)).count == MetricCatalog.all.count)
        #expect(Set(MetricCatalog.families.map(\.name)).count == MetricCatalog.families.count)
        for family in MetricCatalog.families {
            #expect(family.examples.first?.id.name == family.name)
            #expect(family.usage.hasPrefix(family.name))
        }
    }

    @Test("Scores come in the order in which metrics were asked for")
    func scoreSet() throws {
        let metrics = try ["pq", "dice", "ap@1/2"].map { try MetricCatalog.metric(for: $0) }
        let set = try ScoreSet(LabelPair([1, 1, 0], [1, 0, 0]).evidence(), metrics)
        #expect(set.entries.map { "\($0.id)" } == ["pq", "dice", "ap@1/2"])
        #expect(set[try MetricID("dice")] == Score(2.0 / 3))
        #expect(set[try MetricID("iou")] == nil)
    }
}
