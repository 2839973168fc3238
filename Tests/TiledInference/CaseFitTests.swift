import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// What keeps a model from a challenge is known before there is an image.
@Suite struct CaseFitTests {
    private func network(_ channels: Int, spaces: Int = 2, _ build: (inout ModelBuilder) -> Void) -> [UInt8] {
        ModelBuilder.model(input: [1, channels] + [Int](repeating: -1, count: spaces), build)
    }

    /// A network that keeps its image.
    private func plain(channels: Int = 1, spaces: [String] = ["y", "x"], least: Int = 8, step: Int = 4) throws -> MadePackage {
        try MadePackage(
            network(channels, spaces: spaces.count) { $0.node("Relu", ["x"], ["y"]) }, channels: channels, least: least, step: step,
            outputs: [.init(channels: channels)], spaces: spaces)
    }

    /// What is found wrong; empty if nothing is.
    private func mistake(
        _ made: MadePackage, _ axes: [Axis]? = [.y, .x], _ postprocessor: String = "{id: connectedComponents}", _ blending: Blending? = nil
    ) throws -> String {
        let network = try made.package.network()
        do {
            let fit = try CaseFit(made.package, network, imageAxes: axes)
            try fit.check(try Fixture.postprocessor(postprocessor))
            if let blending { try fit.check(blending) }
            return ""
        } catch let error as InferenceError { return "\(error)" }
    }

    @Test(
        "Axes and channels that the images do not have, or have and the model has not, are refused",
        arguments: [
            (1, ["y", "x"], [Axis.y, .x], ""), (3, ["y", "x"], [.channel, .y, .x], ""), (3, ["y", "x"], nil, ""),
            (3, ["y", "x"], [.y, .x], "input raw: the image has 1 channels, the model takes 3"), (1, ["z", "y", "x"], nil, ""),
            (1, ["z", "y", "x"], [.y, .x], "the image has the axes y, x, the model needs z; hand in a model of images with the axes yx"),
            (1, ["y", "x"], [.z, .y, .x], "2 elements along z, an axis that the model does not have"),
            (1, ["x"], nil, "its axes are batch, channel, x, so that it takes no image"),
        ] as [(Int, [String], [Axis]?, String)])
    func images(_ channels: Int, _ spaces: [String], _ axes: [Axis]?, _ expected: String) throws {
        let found = try mistake(plain(channels: channels, spaces: spaces), axes)
        #expect(expected.isEmpty ? found.isEmpty : found.contains(expected), "\(found)")
    }

    @Test(
        "Windows that the model does not take are refused",
        arguments: [
            (Blending(window: [64, 64]), ""), (Blending(window: [64]), "a window of [64]; give 2 extents, one for each of y, x"),
            (Blending(window: [63, 65]), "the network takes 8 + n · 4"), (Blending(window: [4_294_967_296, 64]), "a window of"),
            (Blending(window: [64, 64], mirror: ["z"]), "z is to be mirrored, which the model does not have; mirror some of y, x"),
            (Blending(), "without a window"), (Blending(mirror: ["y"]), "such as `window: [256, 256]`"),
        ])
    func windows(_ blending: Blending, _ expected: String) throws {
        let found = try mistake(plain(), [.y, .x], "{id: threshold}", blending)
        #expect(expected.isEmpty ? found.isEmpty : found.contains(expected), "\(found)")
    }

    @Test("A window of a model of one extent may be left out")
    func onlyWindow() throws {
        let made = try MadePackage(ModelBuilder.model(input: [1, 1, 32, 32]) { $0.node("Relu", ["x"], ["y"]) }, least: 32, step: 0)
        #expect(try mistake(made, [.y, .x], "{id: threshold}", Blending()).isEmpty)
        #expect(try mistake(made, [.y, .x], "{id: threshold}", Blending(window: [64, 64])).contains("leave the window out"))
    }

    @Test("Labels of other extents than the image's are refused, those of a grid that is named are not")
    func extents() throws {
        let half = try MadePackage(
            network(1) { builder in
                builder.weights("w", [5, 1, 3, 3], [Float](repeating: 0.1, count: 45))
                builder.node("Conv", ["x", "w"], ["y"], [("strides", .ints([2, 2])), ("pads", .ints([1, 1, 1, 1]))])
            }, least: 8, step: 2, outputs: [.init(channels: 5)])
        let advice = try mistake(half)
        #expect(advice.contains("128 labels along y for an image of 256 pixels") && !advice.contains("grid"), "\(advice)")
        #expect(try mistake(half, [.y, .x], "{id: stardist, grid: [2, 2]}").isEmpty)
        #expect(try mistake(half, [.y, .x], "{id: stardist}").contains("write `grid: [2, 2]`"))
        let rim = try MadePackage(
            network(1) { builder in
                builder.weights("w", [1, 1, 3, 3], [Float](repeating: 0.1, count: 9))
                builder.node("Conv", ["x", "w"], ["y"])
            }, least: 8, step: 1, outputs: [.init(offset: -2)])
        #expect(try mistake(rim).contains("254 labels along y"))
        #expect(try mistake(rim, [.y, .x], "{id: threshold}").hasSuffix("whose output has the extents of the image"))
        #expect(try mistake(rim, nil, "{id: threshold}", Blending(window: [64, 64])).contains("254 labels along y"))
    }

    @Test("A vector has no labels")
    func vector() throws {
        let fork = try ForkPackage()
        let fit = try CaseFit(fork.package, try fork.package.network(), imageAxes: [.y, .x])
        try fit.check(try Fixture.postprocessor("{id: threshold, output: maps}"))
        let error = #expect(throws: InferenceError.self) { try fit.check(try Fixture.postprocessor("{id: argmax, output: class}")) }
        #expect("\(error, default: "")".contains("is no image and has no labels"))
    }

    @Test("An optional input that the network needs, and channels that it does not have, are named with their line")
    func inputs() throws {
        let two = ModelBuilder.model(input: [1, 1, -1, -1]) { builder in
            builder.input("m", [1, 1, -1, -1])
            builder.node("Add", ["x", "m"], ["y"])
        }
        let made = try MadePackage(two, least: 8, step: 4), path = made.folder + "/bioimageio.yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let axes = "[{type: batch}, {type: channel, channel_names: [m]}, {type: space, id: y, size: 8}, {type: space, id: x, size: 8}]"
        try Data(text.replacing("outputs:", with: "  - {id: mask, optional: true, axes: \(axes)}\noutputs:").utf8).write(
            to: URL(fileURLWithPath: path))
        let package = try ModelPackage(folder: made.folder)
        let error = #expect(throws: InferenceError.self) { try CaseFit(package, try package.network(), imageAxes: nil) }
        #expect("\(error, default: "")".contains("input mask: it is declared optional, but the network has no value of its own for it"))
        let wide = try MadePackage(network(2) { $0.node("Relu", ["x"], ["y"]) }, least: 8, step: 4)
        let refusal = try #require(throws: PackageError.self) { try wide.package.network() }
        #expect(refusal.line == 6 && refusal.found == "`raw` has 1 element along channel, the network's input `x` takes 2", "\(refusal)")
    }
}
