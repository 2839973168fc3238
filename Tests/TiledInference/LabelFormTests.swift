import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// What labels need of a network's channels is judged before the network runs.
@Suite struct LabelFormTests {
    @Test(
        "Channels of which no labels can be made are named, and others are not",
        arguments: [
            ("{id: stardist}", 4, 2, ""), ("{id: stardist}", 3, 2, "2 channels for rays"), ("{id: stardist}", 4, 3, "3 channels for rays"),
            ("{id: stardist, probabilityOutput: p}", 3, 2, ""), ("{id: stardist, grid: [2, 2]}", 9, 3, "3 space axes for a grid of 2"),
            ("{id: cellposeFlows}", 3, 2, ""), ("{id: cellposeFlows}", 3, 3, "channel 3 is asked for, there are 3"),
            ("{id: cellposeFlows, stitchThreshold: 0.2}", 3, 3, ""),
            ("{id: cellposeFlows, channels: [0, 1, 2, 3]}", 4, 2, "4 channels for 2"),
            ("{id: threshold, channel: 1}", 1, 2, "channel 1 is asked for, there is 1"), ("{id: threshold, channel: 1}", 2, 2, ""),
            ("{id: watershed, foreground: 0, boundary: 2}", 2, 2, "channel 2 is asked for"),
            ("{id: connectedComponents, connectivity: 18}", 1, 2, "a connectivity of stacks"),
            ("{id: watershed, connectivity: 26}", 1, 2, "a connectivity of stacks"), ("{id: connectedComponents}", 1, 3, ""),
            ("{id: watershed, connectivity: 8}", 1, 3, "a connectivity of images"), ("{id: watershed, connectivity: 6}", 1, 3, ""),
            ("{id: connectedComponents, connectivity: 8}", 1, 2, ""), ("{id: argmax}", 1, 2, ""),
        ])
    func forms(_ yaml: String, _ channels: Int, _ spaces: Int, _ found: String) throws {
        let fault = try Fixture.postprocessor(yaml).formFault(channels: channels, spaces: spaces)
        #expect(found.isEmpty ? fault == nil : fault?.found.contains(found) == true, "\(String(describing: fault))")
    }

    /// Outputs called a and b, of so many channels.
    private func forms(_ channels: [Int]) throws -> [OutputForm] {
        let file = ModelBuilder.model { $0.node("Relu", ["x"], ["y"]) }
        let outputs = zip(["a", "b"], channels).map { MadePackage.Output(id: $0, channels: $1) }
        return try MadePackage(file, least: 8, step: 8, outputs: outputs).package.outputs.map { OutputForm($0) }
    }

    @Test(
        "Probability and rays are told apart by their channels, and have to be named where they are outputs of their own",
        arguments: [
            ("{id: stardist}", [9], ""), ("{id: stardist}", [8, 1], "write `output: a, probabilityOutput: b`"),
            ("{id: stardist}", [1, 8], "write `output: b, probabilityOutput: a`"), ("{id: stardist}", [9, 8], ""),
            ("{id: stardist, output: a, probabilityOutput: b}", [8, 1], ""),
            ("{id: stardist, output: b, probabilityOutput: a}", [1, 8], ""), ("{id: stardist, output: a}", [9, 1], ""),
            ("{id: stardist, output: a, probabilityOutput: b}", [8, 2], "name an output of one channel"),
            ("{id: stardist, probabilityOutput: a}", [9], "name an output of one channel"),
            ("{id: stardist, output: b, probabilityOutput: a}", [1, 2], "give 3 to 1024"),
        ])
    func outputs(_ yaml: String, _ channels: [Int], _ remedy: String) throws {
        let fault = try Fixture.postprocessor(yaml).formFault(on: forms(channels))
        #expect(remedy.isEmpty ? fault == nil : fault?.remedy.contains(remedy) == true, "\(String(describing: fault))")
    }

    @Test("An output of several channels is no probability, and one that is not there is named")
    func probability() throws {
        let rays = try Fixture.output(id: "rays", shape: [1, 8, 6, 6], values: [Float](repeating: 2, count: 288))
        let two = try Fixture.output(id: "two", shape: [1, 2, 6, 6], values: [Float](repeating: 1, count: 72))
        let method = try Fixture.postprocessor("{id: stardist, output: rays, probabilityOutput: two}")
        let error = #expect(throws: InferenceError.self) { try method.labels(from: [rays, two]) }
        #expect("\(error, default: "")".contains("2 channels for the probability"))
        let nope = try Fixture.postprocessor("{id: stardist, output: rays, probabilityOutput: nope}")
        let absent = #expect(throws: InferenceError.self) { try nope.labels(from: [rays, two]) }
        #expect("\(absent, default: "")".contains("nope") && "\(absent, default: "")".contains("use one of rays, two"))
    }

    /// A network that makes probability and eight rays for every `grid` pixels.
    private func stars(_ grid: (y: Int, x: Int)) throws -> MadePackage {
        var builder = ModelBuilder(), numbers = Numbers(seed: 5)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("w", [9, 1, grid.y, grid.x], numbers.next(9 * grid.y * grid.x))
        builder.node("Conv", ["x", "w"], ["h"], [("strides", .ints([grid.y, grid.x]))])
        builder.node("Sigmoid", ["h"], ["y"])
        return try MadePackage(builder.file, least: 8, step: 8, outputs: [.init(channels: 9)])
    }

    @Test(
        "A grid that is not the network's is refused before its first tile, with both",
        arguments: [
            ((2, 2), "", "write `grid: [2, 2]`"), ((2, 2), ", grid: 2", ""), ((2, 4), ", grid: 2", "write `grid: [2, 4]`"),
            ((2, 4), ", grid: [2, 4]", ""), ((1, 1), ", grid: 2", "write `grid: [1, 1]`"), ((1, 1), "", ""),
        ])
    func grid(_ grid: (Int, Int), _ declared: String, _ remedy: String) throws {
        let made = try stars((y: grid.0, x: grid.1)), predictor = try Predictor(made.package), image = try Fixture.image([64, 72])
        let method = try Fixture.postprocessor("{id: stardist\(declared)}")
        var tiles = 0
        func run() throws {
            let run = StreamedRun(
                predictor, on: WholeImageBlocks(image), to: "\(made.folder)/\(UUID()).tif", .labels(method), options: .init(), key: "key")
            _ = try run.run { if case .tiles = $0 { tiles += 1 } }
        }
        func predict() throws { _ = try predictor.predict(image, for: method) }
        for way in [run, predict] {
            guard !remedy.isEmpty else {
                try way()
                continue
            }
            let error = #expect(throws: InferenceError.self) { try way() }
            #expect("\(error, default: "")".contains(remedy) && tiles == 0, "\(String(describing: error))")
        }
    }

    @Test(
        "Rays and probability of different grids are refused before the first tile, with both", arguments: [(2, 1, false), (2, 2, true)])
    func grids(rays: Int, probability: Int, fits: Bool) throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 5)
        builder.input("x", [1, 1, -1, -1])
        for (name, channels, stride) in [("r", 8, rays), ("p", 1, probability)] {
            builder.output(name)
            builder.weights("w\(name)", [channels, 1, stride, stride], numbers.next(channels * stride * stride))
            builder.node("Conv", ["x", "w\(name)"], ["h\(name)"], [("strides", .ints([stride, stride]))])
            builder.node("Sigmoid", ["h\(name)"], [name])
        }
        let made = try MadePackage(builder.file, least: 8, step: 8, outputs: [.init(id: "rays", channels: 8), .init(id: "probability")])
        let method = try Fixture.postprocessor("{id: stardist, output: rays, probabilityOutput: probability, grid: 2}")
        let predictor = try Predictor(made.package), image = try Fixture.image([64, 72])
        var tiles = 0
        let run = StreamedRun(
            predictor, on: WholeImageBlocks(image), to: "\(made.folder)/labels.tif", .labels(method), options: .init(), key: "key")
        func label() throws { _ = try run.run { if case .tiles = $0 { tiles += 1 } } }
        guard !fits else { return try label() }
        let error = #expect(throws: InferenceError.self) { try label() }
        let words = "\(error, default: "")"
        #expect(words.contains("the scale 1 along y, the rays have 1/2") && tiles == 0, "\(words)")
    }

    @Test("Rays that the network does not have are refused before its first tile, and leave nothing behind")
    func run() throws {
        let folder = try TemporaryFolder()
        var unet = UNet(depth: 1, channels: 4, upsampling: .nearest)
        unet.outputChannels = 2
        let made = try MadePackage(unet.file(), least: 2, step: 2, outputs: [.init(channels: 2)])
        let run = StreamedRun(
            try Predictor(made.package), on: WholeImageBlocks(try Fixture.image([64, 64])), to: folder.file("labels.tif"),
            .labels(try Fixture.postprocessor("{id: stardist}")), options: .init(), key: "key")
        var events = 0
        let error = #expect(throws: InferenceError.self) { try run.run { _ in events += 1 } }
        #expect(error.map { "\($0)" }?.contains("1 channel for rays") == true && events == 0)
        #expect(try folder.names.isEmpty)
    }

    @Test("A step of the package that counts other rays than the network has is refused by the check and by runs")
    func step() throws {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder("stars"))
        try folder.edit("bioimageio.yaml") { $0.replacing("n_rays: 8", with: "n_rays: 9") }
        let package = try ModelPackage(folder: folder.path)
        let error = #expect(throws: PackageError.self) { try PackageCheck(package) }
        #expect(error?.found.contains("`n_rays: 9`, the network's output 9 channels") == true, "\(String(describing: error))")
        var tiles = 0
        let array = try Fixture.array("stars/maps.npy")
        let image = try #require(Image(shape: Array(array.shape.dropFirst()), axes: [.y, .x, .channel], pixels: array.pixels))
        let run = StreamedRun(
            try Predictor(package), on: WholeImageBlocks(image), to: folder.file("maps.zarr"), .output(nil), options: .init(), key: "key")
        #expect(throws: InferenceError.self) { try run.run { if case .tiles = $0 { tiles += 1 } } }
        #expect(tiles == 0)
    }

    @Test("An output without places has no labels, and none are written")
    func vector() throws {
        var builder = ModelBuilder()
        builder.input("x", [-1, 5])
        builder.output("y")
        builder.weights("w", [5, 3], [Float](repeating: 0.5, count: 15))
        builder.node("MatMul", ["x", "w"], ["y"])
        let made = try MadePackage(builder.file, channels: 5, least: 1, step: 1, outputs: [.init(channels: 3)], spaces: [])
        let vector = InputSource.array(NPYArray(shape: [1, 5], pixels: .float32([1, 2, 3, 4, 5])))
        func run(_ product: StreamedRun.Product, to file: String) throws {
            _ = try StreamedRun(
                Predictor(made.package), on: ["raw": vector], to: [.init(made.folder + file, product)], options: .init(), key: { "key" }
            ).run()
        }
        #expect { try run(.labels(.standard), to: "/labels.npy") } throws: { "\($0)".contains("no image and has no labels") }
        #expect(!FileManager.default.fileExists(atPath: made.folder + "/labels.npy"))
        try run(.output(nil), to: "/values.npy")
        #expect(FileManager.default.fileExists(atPath: made.folder + "/values.npy"))
    }

    @Test(
        "The check says of which outputs labels have not the image's extents",
        arguments: [("unet", false), ("half", true), ("stars", true)])
    func extents(_ name: String, _ isTold: Bool) throws {
        let check = try PackageCheck(try ModelPackage(folder: try Fixture.folder(name)))
        #expect(check.warnings.contains { $0.contains("has other extents than the image") } == isTold, "\(check.warnings)")
    }
}
