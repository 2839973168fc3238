import Imaging
import Metrics
import Testing

@Suite("Properties that hold for every pair of images")
struct PropertyTests {
    private static let unitMetrics = MetricCatalog.all.filter { $0.range == 0...1 }.map { "\($0.id)" } + ["ap@1/10", "f1@1/10:1/2:1/10"]

    private func pairs() throws -> [LabelPair] {
        try (0..<25).map { try LabelPair(seed: $0, count: 600, labels: 25, longestRun: 30) }
    }

    @Test("A perfect prediction scores 1 without a flag, whatever its labels are called", arguments: unitMetrics)
    func perfect(_ id: String) throws {
        for pair in try pairs() {
            let perfect = try LabelPair(pair.truth.labels, pair.truth.labels.map { $0 == 0 ? 0 : 1000 - $0 })
            #expect(try perfect.score(id) == Score(1))
        }
    }

    @Test("Every score lies in the metric's range", arguments: MetricCatalog.all.map { "\($0.id)" })
    func range(_ id: String) throws {
        let metric = try MetricCatalog.metric(for: id)
        for pair in try pairs() { #expect(try metric.range.contains(pair.value(id))) }
    }

    @Test(
        "Names of labels do not change the last bit of a score",
        arguments: MetricCatalog.all.map { "\($0.id)" }.filter { $0 != "aji" } + ["ap@1/10"])
    func renaming(_ id: String) throws {
        for (seed, pair) in try pairs().enumerated() {
            var random = SplitMix64(seed: UInt64(seed))
            let names: [UInt32] = [0] + (1...25).map { $0 * 160_000_000 }.shuffled(using: &random)
            let others: [UInt32] = [0] + (1...25).shuffled(using: &random)
            let renamed = try LabelPair(pair.truth.labels.map { names[Int($0)] }, pair.prediction.labels.map { others[Int($0)] })
            #expect(try renamed.score(id) == pair.score(id))
        }
    }

    @Test("Exchanging truth and prediction keeps the symmetric metrics and exchanges precision and recall")
    func symmetry() throws {
        for pair in try pairs() {
            for id in ["ap@1/2", "ap@1/5", "f1@1/2:19/20:1/20", "pq", "sq", "rq", "pq.ge@1/2", "dice", "iou", "aji.plus"] {
                #expect(try pair.swapped.score(id) == pair.score(id), "\(id)")
            }
            #expect(try pair.swapped.value("precision@1/4") == pair.value("recall@1/4"))
            #expect(try pair.swapped.value("count.difference") == -pair.value("count.difference"))
            #expect(try pair.swapped.value("count.absoluteDifference") == pair.value("count.absoluteDifference"))
        }
    }

    @Test("AP never rises with the threshold")
    func monotone() throws {
        for pair in try pairs() {
            let values = try (1...40).map { try pair.value($0 == 40 ? "ap@1" : "ap@\(try #require(Fraction($0, 40)))") }
            #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
        }
    }

    @Test("A range is the mean of its thresholds")
    func rangeIsMean() throws {
        for pair in try pairs() {
            for name in ["ap", "f1", "precision", "recall"] {
                let single = try ["1/10", "3/10", "1/2", "7/10"].map { try pair.value("\(name)@\($0)") }
                #expect(try abs(pair.value("\(name)@1/10:7/10:1/5") - single.reduce(0, +) / 4) < 1e-15)
            }
        }
    }

    @Test("PQ is SQ times RQ, F1 is the harmonic mean of precision and recall, Dice follows from IoU")
    func identities() throws {
        for pair in try pairs() {
            #expect(try abs(pair.value("pq") - pair.value("sq") * pair.value("rq")) < 1e-15)
            let (precision, recall) = try (pair.value("precision@1/10"), pair.value("recall@1/10"))
            #expect(try abs(pair.value("f1@1/10") - 2 * precision * recall / (precision + recall)) < 1e-15)
            let iou = try pair.value("iou")
            #expect(try abs(pair.value("dice") - 2 * iou / (1 + iou)) < 1e-15)
            #expect(try pair.value("aji") <= pair.value("iou") && pair.value("aji.plus") <= pair.value("iou"))
        }
    }
}
