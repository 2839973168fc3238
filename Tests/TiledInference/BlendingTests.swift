import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Overlapping windows and mirroring, against `Tests/Oracles/blending.py`.
@Suite struct BlendingTests {
    private func predictor(_ name: String = "unet") throws -> Predictor {
        try Predictor(try ModelPackage(folder: try Fixture.folder(name)))
    }

    private static let variants: [(String, Blending)] = [
        ("gaussian", Blending(window: [32, 40], overlap: 0.5)),
        ("constant-mirrored", Blending(window: [32, 40], overlap: 0.25, weights: .constant, mirror: ["y", "x"])),
    ]

    @Test("Averages are those of the formula, in memory and from file to file, bit for bit alike", arguments: [0, 1])
    func oracle(_ index: Int) throws {
        let (name, blending) = Self.variants[index]
        let expected = try Fixture.floats("blending/\(name).npy")
        let image = try Fixture.image([61, 74])
        let prediction = try predictor().predict(image, options: .init(blending: blending, run: .init(threads: 2)))
        #expect(prediction.way == .blended && !prediction.isExact && prediction.outputs[0].shape == [1, 2, 61, 74])
        #expect(prediction.outputs[0].values.count == expected.count)
        let difference = zip(prediction.outputs[0].values, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 2e-6)
        let folder = try TemporaryFolder()
        for file in ["a.zarr", "a.tif"] {
            let report = try StreamedRun(
                predictor(), on: WholeImageBlocks(image), to: folder.file(file), .output(nil), options: .init(blending: blending),
                key: "test"
            ).run()
            #expect(report.way == .blended && !report.isExact && report.tilingClass == .local)
            let blocks = try ImageFile.blocks(folder.file(file))
            #expect(try blocks.read(blocks.shape.map { 0..<$0 }) == .float32(prediction.outputs[0].values))
        }
        #expect(try folder.names == ["a.tif", "a.zarr"])
    }

    @Test("Images of every type are mirrored: a network of single pixels gives the same as without", arguments: [4, 6, 7, 10, 11, 16])
    func types(code: Int) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1], type: code)
        builder.output("y")
        builder.node("Cast", ["x"], ["y"], [("to", .int(1))])
        let made = try MadePackage(builder.file, least: 8, step: 1), yaml = made.folder + "/bioimageio.yaml"
        // Whole numbers stay what they are in the image.
        let text = try String(contentsOfFile: yaml, encoding: .utf8), scaling = ", {id: scale_linear, kwargs: {gain: 0.0005, offset: -1}}"
        #expect(text.contains(scaling))
        try Data(text.replacingOccurrences(of: scaling, with: "").utf8).write(to: URL(fileURLWithPath: yaml))
        let predictor = try Predictor(ModelPackage(folder: made.folder)), image = try Fixture.image([61, 74])
        let values = try [[], ["y", "x"]].map { mirror in
            try predictor.predict(image, options: .init(blending: Blending(window: [32, 40], overlap: 0.5, mirror: mirror))).outputs[0]
                .values
        }
        #expect(Set(values[0]).count > 2 && zip(values[0], values[1]).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) })
    }

    @Test("An output with x in front of y has the same averages, its axes exchanged", arguments: [[], ["y"]])
    func exchangedAxes(_ mirror: [String]) throws {
        func averages(isTurned: Bool) throws -> PredictedTensor {
            let network = ModelBuilder.model(input: [1, 1, -1, -1]) {
                var numbers = Numbers(seed: 6)
                $0.weights("w", [2, 1, 3, 3], numbers.next(18))
                $0.node("Conv", ["x", "w"], [isTurned ? "c" : "y"], [("pads", .ints([1, 1, 1, 1]))])
                if isTurned { $0.node("Transpose", ["c"], ["y"], [("perm", .ints([0, 1, 3, 2]))]) }
            }
            let made = try MadePackage(network, least: 8, step: 1, outputs: [.init(channels: 2)]), yaml = made.folder + "/bioimageio.yaml"
            let axes = ["y", "x"].map { "{type: space, id: \($0), size: {tensor_id: raw, axis_id: \($0), offset: 0}}" }
            let text = try String(contentsOfFile: yaml, encoding: .utf8)
            #expect(text.contains(axes.joined(separator: ", ")))
            let turned = text.replacingOccurrences(of: axes.joined(separator: ", "), with: axes.reversed().joined(separator: ", "))
            if isTurned { try Data(turned.utf8).write(to: URL(fileURLWithPath: yaml)) }
            let blending = Blending(window: [32, 40], overlap: 0.5, mirror: mirror)
            return try Predictor(ModelPackage(folder: made.folder)).predict(Fixture.image([61, 74]), options: .init(blending: blending))
                .outputs[0]
        }
        let plain = try averages(isTurned: false), turned = try averages(isTurned: true)
        #expect(plain.shape == [1, 2, 61, 74] && turned.shape == [1, 2, 74, 61])
        var exchanged: [Float] = []
        for channel in 0..<2 { for x in 0..<74 { for y in 0..<61 { exchanged.append(plain.values[(channel * 61 + y) * 74 + x]) } } }
        #expect(turned.values == exchanged)
    }

    @Test("A network with one extent needs no window, an image that is smaller is padded")
    func fixedWindow() throws {
        let prediction = try predictor("window").predict(try Fixture.image([40, 100]), options: .init(blending: .init(overlap: 0.25)))
        #expect(prediction.plan.largestWindow == [48, 48] && prediction.plan.tiles.count == 3)
        #expect(prediction.outputs[0].shape == [1, 2, 40, 100])
        #expect(prediction.notes.contains { $0.hasPrefix("y was padded from 40 to 48") })
    }

    @Test("One window without mirroring is the network's own result")
    func oneWindow() throws {
        let image = try Fixture.image([40, 52])
        let plain = try predictor().predict(image)
        let blended = try predictor().predict(image, options: .init(blending: .init(window: [40, 52], weights: .constant)))
        #expect(blended.plan.tiles.count == 1 && blended.outputs[0].values == plain.outputs[0].values)
    }

    @Test("Only what is averaged is called so: one window is the whole image, windows without overlap lie side by side")
    func ways() throws {
        let predictor = try predictor(), image = try Fixture.image([64, 80])
        func run(_ blending: Blending) throws -> Prediction { try predictor.predict(image, options: .init(blending: blending)) }
        let one = try run(Blending(window: [64, 80]))
        #expect(one.way == .whole && one.isExact && one.notes.allSatisfy { !$0.contains("averaged") })
        #expect(try one.outputs[0].values == predictor.predict(image).outputs[0].values)
        let beside = try run(Blending(window: [32, 40], overlap: 0))
        #expect(beside.way == .windows && !beside.isExact)
        #expect(
            beside.notes.contains { $0.contains("4 windows side by side of 32 x 40 elements were run: values depend") }, "\(beside.notes)")
        #expect(try run(Blending(window: [36, 40], overlap: 0)).way == .blended)
        #expect(try run(Blending(window: [64, 80], mirror: ["x"])).way == .blended)
    }

    @Test("What cannot be is refused: no window, one that the network does not take, one beyond memory, an axis that is not there")
    func refused() throws {
        let image = try Fixture.image([61, 74])
        for blending in [Blending(), Blending(window: [33, 40]), Blending(window: [32]), Blending(window: [32, 40], mirror: ["z"])] {
            #expect(throws: InferenceError.self) { try predictor().predict(image, options: .init(blending: blending)) }
        }
        #expect(throws: InferenceError.self) {
            try predictor().predict(image, options: .init(memoryBytes: 1000, blending: Blending(window: [32, 40])))
        }
        #expect(throws: InferenceError.self) {
            try predictor("half").predict(image, options: .init(blending: Blending(window: [32, 40])))
        }
    }

    @Test("The declaration in submission.yaml is read, and mistakes in it are named")
    func declaration() throws {
        func read(_ text: String) throws -> Blending {
            try Blending(try DescriptionNode.read(Array(text.utf8), file: "submission.yaml"))
        }
        let declared = try read("{window: [256, 128], overlap: 0.25, blend: constant, mirror: [y, x]}")
        #expect(declared == Blending(window: [256, 128], overlap: 0.25, weights: .constant, mirror: ["y", "x"]))
        #expect(try read("{mirror: [x]}") == Blending(mirror: ["x"]))
        for wrong in [
            "{overlap: 1}", "{overlap: -0.1}", "{blend: linear}", "{mirror: [c]}", "{mirror: [x, x]}", "{window: [0, 4]}", "{sigma: 1}",
        ] {
            #expect(throws: PackageError.self, "\(wrong)") { try read(wrong) }
        }
    }
}
