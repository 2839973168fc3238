import Foundation
import Testing

/// A case of `Golden/scores.json`, which `Tests/Oracles/metrics_golden.py` makes.
struct GoldenCase: Decodable, CustomTestStringConvertible {
    let name: String
    let shape: [Int]
    /// Run lengths: label, count, label, count …
    let truth: [Int]
    let prediction: [Int]
    /// Triples of truth label, prediction label and voxels, background included.
    let cells: [Int]
    /// Scores by formulas in numpy and scipy.
    let formulas: [String: Double]
    /// Scores by stardist.
    let stardist: [String: Double]

    var testDescription: String { name }

    static let all: [GoldenCase] = {
        guard let url = Bundle.module.url(forResource: "scores", withExtension: "json", subdirectory: "Golden"),
            let data = try? Data(contentsOf: url), let cases = try? JSONDecoder().decode([GoldenCase].self, from: data)
        else { return [] }
        return cases
    }()

    func pair() throws -> LabelPair {
        try LabelPair(shape: shape, truth: Self.expand(truth), prediction: Self.expand(prediction))
    }

    private static func expand(_ runs: [Int]) -> [UInt32] {
        stride(from: 0, to: runs.count, by: 2).flatMap { repeatElement(UInt32(runs[$0]), count: runs[$0 + 1]) }
    }
}
