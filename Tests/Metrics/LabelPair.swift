import Imaging
import Metrics
import Testing

/// A truth and a prediction.
struct LabelPair {
    let truth: LabelImage
    let prediction: LabelImage

    init(shape: [Int], truth: [UInt32], prediction: [UInt32]) throws {
        self.truth = try #require(LabelImage(shape: shape, labels: truth))
        self.prediction = try #require(LabelImage(shape: shape, labels: prediction))
    }

    /// One row of voxels.
    init(_ truth: [UInt32], _ prediction: [UInt32]) throws {
        try self.init(shape: [1, truth.count], truth: truth, prediction: prediction)
    }

    /// Runs of random lengths with labels up to `labels`, 0 among them.
    init(seed: UInt64, count: Int, labels: UInt32, longestRun: Int) throws {
        var random = SplitMix64(seed: seed)
        func image() -> [UInt32] {
            var values: [UInt32] = []
            while values.count < count {
                let label = UInt32.random(in: 0...labels, using: &random)
                values.append(contentsOf: repeatElement(label, count: Int.random(in: 1...longestRun, using: &random)))
            }
            return Array(values.prefix(count))
        }
        try self.init(image(), image())
    }

    var swapped: LabelPair {
        get throws { try LabelPair(shape: truth.shape, truth: prediction.labels, prediction: truth.labels) }
    }

    func evidence() throws -> Evidence { try Evidence(prediction: prediction, truth: truth) }

    func score(_ id: String) throws -> Score { try MetricCatalog.metric(for: id).score(evidence()) }

    func value(_ id: String) throws -> Double { try #require(try score(id).value) }
}
