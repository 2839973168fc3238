import ArgumentParser
import Challenges
import Foundation
import Imaging
import Metrics
import Records

/// Scores one prediction against its truth: evidence in one pass, then every metric from the evidence.
struct Score: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Score one prediction against its truth.")

    @Option(help: "The request, as JSON.")
    var request: String

    @Option(help: "The label image of the truth.")
    var truth: String

    @Option(help: "The label image that was predicted.")
    var prediction: String

    @Option(help: "The folder for report.json and evidence.json.")
    var output: String

    func run() throws {
        let metrics: [any Metric]
        let truth: LabelImage
        do {
            let request = try RunnerFiles.request(ScoringRequest.self, from: request)
            metrics = try request.metrics.map { try MetricCatalog.metric(for: $0) }
            truth = try withSpacing(request.spacing, LabelImage(ImageFile.read(self.truth)))
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(Int32(RunnerExitCode.unusableTruth))
        }
        let evidence: Evidence
        do {
            // The claimed extents come first: decoding may cost a thousand times what the file has.
            let claimed = try ImageFile.header(prediction).shape
            guard claimed == truth.shape else { return try report(problem: Self.problem(claimed, truth.shape)) }
            evidence = try Evidence(prediction: LabelImage(ImageFile.read(prediction)), truth: truth)
        } catch let error as ImageError {
            return try report(problem: error.description)
        } catch let error as MetricError where Self.isAboutPrediction(error) {
            return try report(problem: error.description)
        }
        let scores = ScoreSet(evidence, metrics).entries.map { entry in
            ScoreRecord(id: "\(entry.id)", value: entry.score.value, flags: entry.score.flags.map(\.rawValue))
        }
        try AtomicFile.write(evidence.json(), to: output + "/evidence.json")
        try RunnerFiles.report(ScoringReport(scores: scores), to: output + "/report.json")
    }

    private static func problem(_ shape: [Int], _ expected: [Int]) -> String {
        "the prediction has shape \(shape), the truth \(expected); write a label image of the truth's shape"
    }

    private func report(problem: String) throws {
        try RunnerFiles.report(ScoringReport(scores: [], problem: problem), to: output + "/report.json")
    }

    /// What the truth or the machine is to blame for must not cost the submission anything.
    private static func isAboutPrediction(_ error: MetricError) -> Bool {
        switch error {
        case .shapesDiffer, .tooManyCells: true
        case .tooManyObjects(let image, _, _): image == "prediction"
        default: false
        }
    }

    /// The truth with the spacing that the case list states, which outranks the file's.
    private func withSpacing(_ spacing: [Double]?, _ image: LabelImage) throws -> LabelImage {
        guard let spacing else { return image }
        guard let spaced = LabelImage(shape: image.shape, labels: image.labels, spacing: spacing) else {
            throw RunnerFailure("the case list gives \(spacing.count) spacings for a truth with \(image.shape.count) axes")
        }
        return spaced
    }
}
