import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks that mix the images of a batch: what the check and a run of several samples say.
@Suite struct BatchMixingTests {
    /// A network that takes the mean over the batch away, or does not; with a batch of any size or of one image, in its file and in its
    /// description.
    private func made(isMixing: Bool, batch: Int = -1, described: String = "{type: batch}") throws -> MadePackage {
        let network = ModelBuilder.model(input: [batch, 1, -1, -1]) { builder in
            builder.weights("w", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
            builder.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
            if isMixing {
                builder.node("ReduceMean", ["c"], ["m"], name: "centre", [("axes", .ints([0]))])
                builder.node("Sub", ["c", "m"], ["y"])
            } else {
                builder.node("Relu", ["c"], ["y"])
            }
        }
        let made = try MadePackage(network, least: 8, step: 1, test: [16, 16]), path = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8).replacingOccurrences(of: "{type: batch, size: 1}", with: described)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return made
    }

    private let words = "the network mixes the images of a batch by centre (ReduceMean)"

    @Test("The check names the operators that mix a batch, and says nothing where there are none or where the batch is one image")
    func checks() throws {
        func warnings(_ made: MadePackage) throws -> [String] {
            try PackageCheck(ModelPackage(folder: made.folder)).warnings.filter { $0.contains("batch") }
        }
        let found = try warnings(made(isMixing: true))
        #expect(found.count == 1 && found[0].contains(words) && found[0].contains("fix its batch to 1"), "\(found)")
        #expect(try warnings(made(isMixing: false)).isEmpty)
        #expect(try warnings(made(isMixing: true, described: "{type: batch, size: 1}")).isEmpty)
        #expect(try warnings(made(isMixing: true, batch: 1)).isEmpty)
    }

    @Test("A run of several samples says that a batch of them would give other values; a run of one says nothing", arguments: [1, 3])
    func runs(_ samples: Int) throws {
        let made = try made(isMixing: true), folder = try TemporaryFolder(), stack = try SeriesStack([1, samples], [16, 16])
        let report = try StreamedRun(
            Predictor(ModelPackage(folder: made.folder)), on: ["raw": .image(stack.blocks())],
            to: [.init(folder.file("a.tif"), .output(nil))], options: .init(), key: { "test" }
        ).run()
        let found = report.notes.filter { $0.contains(words) }
        #expect(found.count == (samples > 1 ? 1 : 0) && found.allSatisfy { $0.contains("each of the 3 samples") }, "\(report.notes)")
    }
}
