import Foundation
import Metrics
import Testing

@Suite("Metric ids")
struct MetricIDTests {
    @Test(
        "An id prints as it was written",
        arguments: [
            "ap@1/2", "ap@1/2:19/20:1/20", "ap@1", "pq", "pq.ge@1/2", "count.absoluteDifference", "f1@1/3", "ap@1/2:1:1/20",
            "ap@9999/10000",
        ])
    func roundTrip(_ text: String) throws {
        let id = try MetricID(text)
        #expect("\(id)" == text)
        #expect(try JSONDecoder().decode(MetricID.self, from: JSONEncoder().encode(id)) == id)
    }

    @Test("A range holds exact thresholds, both ends included")
    func range() throws {
        guard case .thresholds(let range) = try MetricID("ap@1/2:19/20:1/20").parameter else {
            Issue.record("no range")
            return
        }
        #expect(range == .oneHalfToNineteenTwentieths)
        #expect(range.values.map(\.description) == ["1/2", "11/20", "3/5", "13/20", "7/10", "3/4", "4/5", "17/20", "9/10", "19/20"])
    }

    @Test(
        "A wrong id is refused with what to write instead",
        arguments: [
            ("ap@0.5", "ap@1/2"), ("ap@.5", "ap@1/2"), ("ap@0.75", "ap@3/4"), ("ap@1.0", "ap@1"), ("ap@2/4", "ap@1/2"),
            ("ap@01/2", "ap@1/2"),
            ("ap@1/1", "ap@1"), ("ap@0.5:0.95:0.05", "ap@1/2:19/20:1/20"), ("ap@0.5:0.05:0.95", "ap@1/2:19/20:1/20"),
            ("ap@1/2:1/20:19/20", "ap@1/2:19/20:1/20"), ("ap@1/2:19/20:0.05", "ap@1/2:19/20:1/20"), ("ap", "ap@1/2"), ("ap@", "ap@1/2"),
            ("ap@50", "ap@1/2"), ("ap@0", "ap@1/2"), ("ap@-1/2", "ap@1/2"), ("ap@1/0", "ap@1/2"), ("ap@3/2", "ap@1/2"),
            ("ap@1/10001", "ap@1/2"),
            ("ap@1/2:19/20:1/7", "ap@1/2:19/20:1/20"), ("ap@1/2/3", "ap@1/2"), ("ap@1/2@1/2", "ap@1/2"), ("ap@ 1/2", "ap@1/2"),
            ("ap@99999999999999999999/3", "ap@1/2"), ("ap@1/10000:1:1/10000", "ap@1/2:19/20:1/20"), ("ap@½", "ap@1/2"),
            ("pq@1/2", "pq for IoU > 1/2, or pq.ge@1/2 for IoU >= 1/2"), ("dice@1/2", "dice"), ("pq.ge@1/3", "pq.ge@1/2"),
            ("pq.ge", "pq.ge@1/2"),
            ("pq.ge@1/2:19/20:1/20", "pq.ge@1/2"),
        ])
    func wrong(_ text: String, _ write: String) throws {
        let error = #expect(throws: MetricError.self) { try MetricCatalog.metric(for: text) }
        guard case .malformedID(let found, _, let suggestion) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == text)
        #expect(suggestion == write)
    }

    @Test(
        "An unknown name is refused with what was perhaps meant",
        arguments: [
            ("AP@1/2", ["ap@1/2"]), ("AP@0.5", ["ap@1/2"]), ("ap.ge@1/2", []), ("dise", ["dice"]), ("Dice", ["dice"]), ("jaccard", ["iou"]),
            ("mAP@0.5:0.95:0.05", ["ap@1/2:19/20:1/20"]), ("DSC", ["dice"]), ("aji+", ["aji.plus", "aji"]), ("recal@1/3", ["recall@1/3"]),
            ("percision@1/2", ["precision@1/2"]), ("panopticQuality", ["pq"]), ("count", ["count.difference"]), ("nonsense", []), ("", []),
        ])
    func unknown(_ text: String, _ nearest: [String]) {
        let error = #expect(throws: MetricError.self) { try MetricCatalog.metric(for: text) }
        guard case .unknownMetric(let found, let nearMisses) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == text)
        #expect(nearest.isEmpty || nearMisses.starts(with: nearest.prefix(1)) && nearest.allSatisfy(nearMisses.contains), "\(nearMisses)")
        if text == "nonsense" { #expect(nearMisses.isEmpty) }
    }

    @Test("A text of a megabyte is refused at once and shortened in the message")
    func longText() {
        let error = #expect(throws: MetricError.self) { try MetricCatalog.metric(for: String(repeating: "ap", count: 500_000)) }
        #expect((error?.description.count ?? 0) < 300)
    }
}
