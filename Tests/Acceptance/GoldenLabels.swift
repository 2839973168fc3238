import Foundation

/// The labels that `Tests/Oracles/example_unet.py` made with onnxruntime, scipy and scikit-image.
struct GoldenLabels {
    struct Case: Decodable {
        let labels: [UInt16]
        let shape: [Int]

        private enum CodingKeys: CodingKey { case runs, shape }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            shape = try container.decode([Int].self, forKey: .shape)
            let runs = try container.decode([Int].self, forKey: .runs)
            labels = stride(from: 0, to: runs.count, by: 2).flatMap { [UInt16](repeating: UInt16(runs[$0]), count: runs[$0 + 1]) }
        }
    }

    let cases: [String: Case]

    init() throws {
        let file = URL(fileURLWithPath: CommandRun.project + "/Tests/Acceptance/Golden/unet-labels.json")
        cases = try JSONDecoder().decode([String: Case].self, from: Data(contentsOf: file))
    }
}
