import ArgumentParser
import Challenges
import Imaging
import ModelPackages
import NeuralNetwork
import TiledInference

/// Predicts one case with a model: image in, labels out.
struct Predict: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Predict one case with a model.")

    @Option(help: "The submission's folder.")
    var submission: String

    @Option(name: .customLong("case"), help: "The file case.json; the image lies beside it.")
    var caseFile: String

    @Option(help: "The folder for the labels.")
    var output: String

    @Option(help: "The most bytes that the network's activations may take.")
    var memory: Int

    @Option(help: "The number of threads.")
    var threads = 1

    func run() throws {
        let description = try RunnerFiles.request(CaseDescription.self, from: caseFile)
        guard let input = description.inputs.first, let slot = description.outputs.first, description.inputs.count == 1,
            description.outputs.count == 1
        else { throw RunnerFailure("case.json: expected one input and one output") }
        let declared = try SubmissionDescription.beside(submission)
        let model = try ModelSubmission(folder: submission, postprocessor: declared?.postprocessor, inference: declared?.inference)
        try model.checkForCases()
        let folder = caseFile.split(separator: "/").dropLast().joined(separator: "/")
        let image = try ImageFile.read("/\(folder)/\(input.value)")
        let options = PredictionOptions(memoryBytes: memory, blending: model.blending, run: RunOptions(threads: threads))
        let prediction = try Predictor(model.package, limits: NetworkLimits(memoryBytes: memory)).predict(
            image, options: options, for: model.postprocessor)
        for note in model.notes + prediction.notes { print("note: \(note)") }
        print("tiles: \(prediction.plan.tiles.count)")
        let extents = [Axis: Int](zip(image.axes, image.shape)) { first, _ in first }
        let made = try model.postprocessor.labels(from: prediction.outputs, imageExtents: extents)
        let labels = image.axes.contains(.z) ? made : Self.plane(of: made)
        try ImageFile.writeLabels(labels, to: "\(output)/\(slot.key).\(try Self.ending(for: labels, of: slot.value.formats))")
    }

    /// Labels of a stack of one plane as those of the plane that the image is; others as they are.
    private static func plane(of labels: LabelImage) -> LabelImage {
        guard labels.shape.count == 3, labels.shape[0] == 1 else { return labels }
        return LabelImage(shape: Array(labels.shape.dropFirst()), labels: labels.labels, spacing: Array(labels.spacing.dropFirst()))
            ?? labels
    }

    /// TIFF where it is accepted, since it holds any number of labels and stacks; PNG else.
    private static func ending(for labels: LabelImage, of formats: [String]) throws -> String {
        for ending in ["tif", "tiff", "png"] where formats.contains(ending) { return ending }
        throw RunnerFailure("case.json: found the formats \(formats.joined(separator: ", ")); labels are written as tif, tiff or png")
    }
}
