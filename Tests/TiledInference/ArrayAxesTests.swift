import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Arrays that name no axes as images of models.
@Suite struct ArrayAxesTests {
    /// Sums of the channels around each pixel.
    private func made(channels: Int, spaces: [String] = ["y", "x"], isChannelsLast: Bool = false) throws -> MadePackage {
        let space = spaces.map { _ in -1 }, kernel = spaces.map { _ in 3 }
        let input = isChannelsLast ? [1] + space + [channels] : [1, channels] + space
        let network = ModelBuilder.model(input: input) { builder in
            var numbers = Numbers(seed: 3)
            let weights = numbers.next(channels * kernel.reduce(1, *)), last = spaces.count + 1
            builder.weights("w", [1, channels] + kernel, weights)
            let pads: (String, ModelBuilder.Value) = ("pads", .ints([Int](repeating: 1, count: 2 * spaces.count)))
            if isChannelsLast {
                builder.node("Transpose", ["x"], ["t"], [("perm", .ints([0, last] + Array(1..<last)))])
                builder.node("Conv", ["t", "w"], ["c"], [pads])
                builder.node("Transpose", ["c"], ["y"], [("perm", .ints([0] + Array(2...last) + [1]))])
            } else {
                builder.node("Conv", ["x", "w"], ["y"], [pads])
            }
        }
        return try MadePackage(network, channels: channels, isChannelsLast: isChannelsLast, least: 4, step: 1, spaces: spaces)
    }

    @Test(
        "An array has the axes of the input, with or without the batch, and without the channel where there is one only",
        arguments: [
            (3, ["y", "x"], false, [3, 20, 24], [Axis.channel, .y, .x]), (3, ["y", "x"], false, [1, 3, 20, 24], [nil, .channel, .y, .x]),
            (3, ["y", "x"], true, [20, 24, 3], [.y, .x, .channel]), (1, ["y", "x"], false, [20, 24], [.y, .x]),
            (1, ["y", "x"], false, [1, 20, 24], [.channel, .y, .x]), (1, ["z", "y", "x"], false, [5, 20, 24], [.z, .y, .x]),
            (2, ["z", "y", "x"], false, [2, 5, 20, 24], [.channel, .z, .y, .x]),
            (1, ["z", "y", "x"], false, [1, 1, 5, 20, 24], [nil, .channel, .z, .y, .x]),
            (3, ["y", "x"], false, [7, 3, 20, 24], [nil, .channel, .y, .x]),
        ] as [(Int, [String], Bool, [Int], [Axis?])])
    func axes(_ channels: Int, _ spaces: [String], _ isChannelsLast: Bool, _ shape: [Int], _ axes: [Axis?]) throws {
        let made = try made(channels: channels, spaces: spaces, isChannelsLast: isChannelsLast)
        #expect(try made.package.inputs[0].axes(ofArray: shape) == axes)
    }

    @Test("An array without the z of a stack that may be one plane is a plane; where planes are no stacks it is refused")
    func planes() throws {
        let one = try made(channels: 1, spaces: ["z", "y", "x"]), two = try made(channels: 2, spaces: ["z", "y", "x"])
        for (made, shapes) in [(one, [[20, 24]: [Axis.y, .x]]), (two, [[2, 20, 24]: [.channel, .y, .x]])] {
            let thick = try #require(throws: InferenceError.self) { try made.package.inputs[0].axes(ofArray: shapes.keys.first ?? []) }
            #expect(!"\(thick)".contains("for a plane"), "\(thick)")
            let folder = try TemporaryFolder(copyOf: made.folder)
            try folder.edit("bioimageio.yaml") { $0.replacing("id: z, size: {min: 4,", with: "id: z, size: {min: 1,") }
            let input = try ModelPackage(folder: folder.path).inputs[0]
            for (shape, axes) in shapes { #expect(try input.axes(ofArray: shape) == axes) }
            let other = try #require(throws: InferenceError.self) { try input.axes(ofArray: [24]) }
            #expect("\(other)".hasSuffix("z, y, x, for a plane without z"), "\(other)")
        }
        let scalar = try #require(throws: InferenceError.self) { try one.package.inputs[0].axes(ofArray: []) }
        #expect("\(scalar)".contains("a scalar; give one with"), "\(scalar)")
    }

    @Test(
        "Any other array is refused with its extents and the axes that are wanted",
        arguments: [
            (3, [20, 24], "channel (3), y, x or batch, channel (3), y, x"),
            (1, [24], "y, x or channel (1), y, x or batch, channel (1), y, x"),
            (1, [1, 1, 1, 20, 24], "y, x or channel (1), y, x or batch, channel (1), y, x"),
            (3, [0, 3, 20, 24], "at least one element along the axes channel (3), y, x or batch, channel (3), y, x"),
        ] as [(Int, [Int], String)])
    func refused(_ channels: Int, _ shape: [Int], _ wanted: String) throws {
        let input = try made(channels: channels).package.inputs[0]
        let error = try #require(throws: InferenceError.self) { try input.axes(ofArray: shape) }
        let extents = shape.map(String.init).joined(separator: " x ")
        let axes = wanted.hasPrefix("at least") ? wanted : "the axes \(wanted)"
        #expect("\(error)" == "input raw: an array of \(extents) elements, which names no axes; give one with \(axes)")
    }

    @Test(
        "An array of channels gives what an image with the same values gives", arguments: [[3, 20, 24], [1, 3, 20, 24]], [false, true])
    func values(_ shape: [Int], _ isChannelsLast: Bool) throws {
        let made = try made(channels: 3, isChannelsLast: isChannelsLast), predictor = try Predictor(made.package)
        let shape = isChannelsLast ? Array(shape.dropLast(3)) + [20, 24, 3] : shape
        let pixels = try Fixture.image([72, 20]).pixels, path = made.folder + "/image.npy"
        let axes: [Axis] = isChannelsLast ? [.y, .x, .channel] : [.channel, .y, .x]
        let image = try #require(Image(shape: Array(shape.suffix(3)), axes: axes, pixels: pixels))
        try NPY.write(NPYArray(shape: shape, pixels: pixels), to: path)
        let found = try #require(try ImageFile.arrayShape(path))
        let images = try ImageFile.images(inArray: path, axes: try made.package.inputs[0].axes(ofArray: found))
        #expect(images.count == 1)
        _ = try StreamedRun(predictor, on: images[0], to: made.folder + "/a.zarr", .output(nil), options: .init(), key: "test").run()
        #expect(try MadePackage.read(made.folder + "/a.zarr").values == predictor.predict(image).outputs[0].values)
    }

    @Test(
        "A result without y or x is that of the whole signal, whatever the tile, and is refused beyond the memory",
        arguments: [["x"], ["z", "x"]])
    func signals(_ spaces: [String]) throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 4)
        let open = [Int](repeating: -1, count: spaces.count), kernel = [Int](repeating: 3, count: spaces.count)
        builder.input("x", [1, 1] + open)
        builder.output("y")
        builder.weights("w", [2, 1] + kernel, numbers.next(2 * kernel.reduce(1, *)))
        builder.node("Conv", ["x", "w"], ["y"], [("pads", .ints([Int](repeating: 1, count: 2 * spaces.count)))])
        let made = try MadePackage(builder.file, least: 8, step: 1, outputs: [.init(channels: 2)], spaces: spaces)
        let extents = spaces.count == 1 ? [1000] : [40, 150], count = extents.reduce(1, *)
        let path = made.folder + "/signal.npy", values = (0..<count).map { UInt16($0 * 37 % 4000) }
        try NPY.write(NPYArray(shape: [1, 1] + extents, pixels: .uint16(values)), to: path)
        let axes = try made.package.inputs[0].axes(ofArray: [1, 1] + extents)
        let signal = try ImageFile.images(inArray: path, axes: axes)[0], predictor = try Predictor(made.package)
        func run(_ name: String, _ options: PredictionOptions) throws -> StreamedRun.Report {
            try StreamedRun(predictor, on: signal, to: made.folder + "/" + name, .output(nil), options: options, key: "test").run()
        }
        _ = try run("whole.npy", .init())
        let report = try run("tiled.npy", .init(tile: extents.map { min($0, 16) }))
        let whole = try NPY.read(made.folder + "/whole.npy")
        #expect(whole.shape == [1, 2] + extents)
        #expect(try NPY.read(made.folder + "/tiled.npy") == whole)
        #expect(report.tiles == 1 && report.notes.contains { $0.contains("has no axis y") }, "\(report.notes)")
        let error = #expect(throws: InferenceError.self) { try run("small.npy", .init(memoryBytes: 4000)) }
        #expect("\(error, default: "")".contains("has no axis y, so the image runs in one window"))
    }

    @Test("An array in Fortran order that is larger than may be taken at once is refused before it is read; other formats are no arrays")
    func limits() throws {
        let made = try made(channels: 1), path = made.folder + "/image.npy"
        let image = try Fixture.image([64, 64])
        try NPY.write(NPYArray(shape: [1, 64, 64], pixels: image.pixels), to: path)
        let small = BlockLimits(blockBytes: 4096)
        #expect(try ImageFile.images(inArray: path, axes: [.channel, .y, .x], limits: small)[0].shape == [1, 64, 64])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(try #require(bytes.range(of: Data("False".utf8))), with: Data("True ".utf8))
        try bytes.write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: ImageError.self) { try ImageFile.images(inArray: path, axes: [.channel, .y, .x], limits: small) }
        #expect("\(error)".contains("an image of [1, 64, 64] uint16 in a NPY, which is read as a whole"), "\(error)")
        #expect(throws: ImageError.self) { try ImageFile.images(inArray: path, axes: [.y, .x]) }
        #expect(throws: ImageError.self) { try ImageFile.images(inArray: path, axes: [.channel, nil, nil]) }
        try ImageFile.write(image, to: made.folder + "/image.tif")
        #expect(try ImageFile.arrayShape(made.folder + "/image.tif") == nil && ImageFile.arrayShape(made.folder) == nil)
    }
}
