import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// What a run that was killed tells when it has gone on, against one that was not.
@Suite struct ResumedReportTests {
    private struct Told: Equatable {
        var unusual: [String] = []
        var notes: [String] = []
        var values = 0
    }

    /// A package whose network takes float32, without preprocessing, so that float64 is rounded.
    private func package() throws -> (made: MadePackage, package: ModelPackage) {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            builder.weights("w", [1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])
            builder.node("Conv", ["x", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: 4, step: 1), path = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").filter { !$0.contains("preprocessing") }
        try Data(text.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        return (made, try ModelPackage(folder: made.folder))
    }

    private func run(_ package: ModelPackage, _ blocks: FailingImage, to path: String) throws -> (told: Told, report: StreamedRun.Report) {
        var told = Told()
        let report = try StreamedRun(
            Predictor(package), on: ["raw": .image(blocks)], to: [.init(path, .output(nil))], options: .init(tile: [16, 16]),
            key: { "test" }
        ).run { event in
            guard case .nonFinite(let input, let values, let sample) = event else { return }
            told.unusual.append("\(input) \(sample): \(values.notANumber) and \(values.infinite), first at \(values.place)")
        }
        // Of several samples a user is told of the first.
        told.unusual = Array(told.unusual.prefix(1))
        told.notes = report.notes
        told.values = report.nonFiniteValues
        return (told, report)
    }

    @Test("A run that was killed tells of the samples that it had finished what a run without a kill tells", arguments: [1, 2])
    func samples(_ first: Int) throws {
        let (made, package) = try package(), folder = try TemporaryFolder()
        var values = (0..<4 * 32 * 32).map { Double($0 % 97) }
        (values[first * 1024 + 35], values[first * 1024 + 99], values[3 * 1024]) = (.nan, .infinity, .nan)
        // One value of the first sample is none of the network's type.
        values[5] = 0.1
        let image = try #require(Image(shape: [4, 32, 32], axes: [.time, .y, .x], pixels: .float64(values)))
        let whole = FailingImage(image), expected = try run(package, whole, to: folder.file("whole.tif"))
        #expect(expected.told.unusual == ["raw t \(first): 1 and 1, first at c 0, y 1, x 3"])
        #expect(expected.told.values == 3)
        #expect(
            expected.told.notes.contains { $0.contains("that float32, the network's type, does not hold exactly") },
            "\(expected.told.notes)")
        // In the middle of the last sample, again and again.
        for missing in [3, 2] {
            #expect(throws: InferenceError.self) {
                try run(package, FailingImage(image, after: missing == 3 ? whole.reads - 3 : 2), to: folder.file("a.tif"))
            }
        }
        let resumed = try run(package, FailingImage(image), to: folder.file("a.tif"))
        #expect(resumed.report.resumedTiles > 12)
        #expect(resumed.told == expected.told)
        withExtendedLifetime(made) {}
    }

    @Test(
        "A note on rounding stands where a value of the image changed and nowhere else",
        arguments: [
            (Pixels.float64([0.5, .nan, -.infinity, 16_777_216]), false), (.float64([0.5, 0.1, 2, 3]), true),
            (.int32([5, -16_777_216, 7, 16_777_218]), false), (.int32([5, 16_777_217, 7, 8]), true), (.int32([.max, 0, 0, 0]), true),
            (.uint32([5, 6, 7, 8]), false), (.uint32([5, .max, 7, 8]), true),
        ])
    func rounding(_ corner: Pixels, isRounded: Bool) throws {
        let (made, package) = try package(), folder = try TemporaryFolder()
        let image = try #require(Image(shape: [2, 2], axes: [.y, .x], pixels: corner))
        let streamed = try run(package, FailingImage(image), to: folder.file("a.tif"))
        let whole = try Predictor(package).predict(image)
        for notes in [streamed.told.notes, whole.notes] { #expect(notes.contains { $0.contains("rounded") } == isRounded, "\(notes)") }
        withExtendedLifetime(made) {}
    }

    @Test("Whoever goes on with a run tells of the values that were rounded before it was killed")
    func roundingBeforeTheEnd() throws {
        let (made, package) = try package(), folder = try TemporaryFolder()
        var values = (0..<64 * 64).map { Double($0 % 97) }
        values[0] = 0.1
        let image = try #require(Image(shape: [64, 64], axes: [.y, .x], pixels: .float64(values)))
        let whole = FailingImage(image), expected = try run(package, whole, to: folder.file("whole.tif"))
        #expect(expected.told.notes.contains { $0.contains("rounded") }, "\(expected.told.notes)")
        #expect(throws: InferenceError.self) { try run(package, FailingImage(image, after: whole.reads - 3), to: folder.file("a.tif")) }
        let resumed = try run(package, FailingImage(image), to: folder.file("a.tif"))
        #expect(resumed.report.resumedTiles > 0 && resumed.told == expected.told)
        withExtendedLifetime(made) {}
    }
}
