import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Where results lie by where the image does.
@Suite struct GeometryTests {
    /// The geometry of what a streamed run writes for an image with this one.
    private func result(
        of package: ModelPackage, _ pixels: Image, _ geometry: ImageGeometry, to name: String = "result.zarr",
        _ product: StreamedRun.Product = .output(nil)
    ) throws -> ImageGeometry {
        let folder = try TemporaryFolder()
        let writer = try ImageFile.blockWriter(
            folder.file("image.zarr"), shape: pixels.shape, axes: pixels.axes, type: pixels.pixels.type, geometry: geometry)
        try writer.write(pixels.pixels, to: pixels.shape.map { 0..<$0 })
        _ = try StreamedRun(
            try Predictor(package), on: try ImageFile.blocks(folder.file("image.zarr")), to: folder.file(name), product, options: .init(),
            key: "key"
        ).run()
        return try ImageFile.blocks(folder.file(name)).geometry
    }

    private func network(_ build: (inout ModelBuilder) -> Void) -> [UInt8] {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        build(&builder)
        return builder.file
    }

    @Test("A rim that unpadded convolutions leave out moves the first pixel, whatever the unit and the image's own origin")
    func rim() throws {
        var unet = UNet(depth: 2, channels: 4, upsampling: .deconvolution)
        unet.crop = .slice
        let made = try MadePackage(unet.file(), least: unet.missing + 4, step: 4, outputs: [.init(offset: -10)])
        var geometry = ImageGeometry()
        geometry[.y] = .init(distance: 0.5, origin: 3)
        geometry[.x] = .init(distance: 0.25, origin: 0, unit: ImageGeometry.micrometre)
        let own = try result(of: made.package, try Fixture.image([unet.missing + 64, unet.missing + 84]), geometry)
        let rim = Double(unet.missing / 2)
        #expect(own[.y] == .init(distance: 0.5, origin: 3 + rim * 0.5))
        #expect(own[.x] == .init(distance: 0.25, origin: rim * 0.25, unit: ImageGeometry.micrometre))
    }

    @Test("Behind a crop of one end the first pixel is the one that it shows", arguments: [(10, 0, 10.0), (0, 10, 0)])
    func crop(_ low: Int, _ high: Int, _ origin: Double) throws {
        let network = network { builder in
            builder.initializer(ModelBuilder.tensor("low", integers: [low, low]))
            builder.initializer(ModelBuilder.tensor("high", integers: [high == 0 ? 1 << 40 : -high, high == 0 ? 1 << 40 : -high]))
            builder.initializer(ModelBuilder.tensor("axes", integers: [2, 3]))
            builder.weights("w", [1, 1, 3, 3], [Float](repeating: 0.1, count: 9))
            builder.node("Slice", ["x", "low", "high", "axes"], ["m"])
            builder.node("Conv", ["m", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: 14, step: 1, outputs: [.init(offset: -10)])
        let own = try result(of: made.package, try Fixture.image([50, 60]), ImageGeometry())
        #expect(own[.y] == .init(distance: 1, origin: origin) && own[.x] == .init(distance: 1, origin: origin))
    }

    @Test("The note on a crop counts at each end, as the place of the first pixel says", arguments: [true, false])
    func cropNote(_ isConvolved: Bool) throws {
        let network = network { builder in
            builder.initializer(ModelBuilder.tensor("low", integers: [3, 0]))
            builder.initializer(ModelBuilder.tensor("high", integers: [-2, -5]))
            builder.initializer(ModelBuilder.tensor("axes", integers: [2, 3]))
            builder.weights("w", [1, 1, 3, 3], [Float](repeating: 0.1, count: 9))
            builder.node("Slice", ["x", "low", "high", "axes"], [isConvolved ? "m" : "y"])
            if isConvolved { builder.node("Conv", ["m", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))]) }
        }
        let made = try MadePackage(network, least: 14, step: 1, outputs: [.init(offset: -5)], test: [20, 24])
        let notes = try Predictor(made.package).predict(try Fixture.image([50, 60])).notes
        #expect(
            notes.contains {
                $0.contains("along y (3 pixels at its beginning, 2 pixels at its end), x (5 pixels at its end)")
            }, "\(notes)")
        let reaches = try PackageCheck(made.package).reaches.flatMap(\.axes)
        #expect(reaches.map(\.reach.origin) == [3, 0])
        #expect(reaches.allSatisfy { $0.reach.before == (isConvolved ? 1 : 0) && $0.reach.after == (isConvolved ? 1 : 0) })
    }

    @Test("Half as many pixels are twice as long and begin where the image does, also where no unit is known", arguments: [1.0, 0.5])
    func halfResolution(_ distance: Double) throws {
        let network = network { builder in
            builder.node("MaxPool", ["x"], ["y"], [("kernel_shape", .ints([2, 2])), ("strides", .ints([2, 2]))])
        }
        let made = try MadePackage(network, least: 2, step: 2)
        var geometry = ImageGeometry()
        geometry[.y] = .init(distance: distance)
        geometry[.x] = .init(distance: distance, unit: ImageGeometry.micrometre)
        let own = try result(of: made.package, try Fixture.image([40, 60]), geometry)
        #expect(own[.y] == .init(distance: 2 * distance, origin: distance / 2))
        #expect(own[.x] == .init(distance: 2 * distance, origin: distance / 2, unit: ImageGeometry.micrometre))
    }

    @Test(
        "An element of a strided convolution lies in the middle of what it sees",
        arguments: [
            (2, 3, [1, 1], 0.0), (2, 2, [0, 0], 0.5), (2, 4, [1, 1], 0.5), (3, 3, [0, 0], 1), (2, 5, [2, 2], 0), (2, 3, [0, 1], 1),
        ])
    func stridedConvolution(_ stride: Int, _ kernel: Int, _ pads: [Int], _ middle: Double) throws {
        let network = network { builder in
            builder.weights("w", [1, 1, kernel, kernel], [Float](repeating: 0.1, count: kernel * kernel))
            builder.node(
                "Conv", ["x", "w"], ["y"],
                [("strides", .ints([stride, stride])), ("pads", .ints([pads[0], pads[0], pads[1], pads[1]]))])
        }
        let made = try MadePackage(network, least: 12, step: stride)
        var geometry = ImageGeometry()
        for axis in [Axis.y, .x] { geometry[axis] = .init(distance: 0.5, origin: 3) }
        let own = try result(of: made.package, try Fixture.image([48, 60]), geometry)
        #expect(own[.y] == .init(distance: 0.5 * Double(stride), origin: 3 + 0.5 * middle) && own[.y] == own[.x])
    }

    @Test("Behind a way down and up again, elements fill the image, also where they are of half its resolution", arguments: [1, 2])
    func decoder(_ factor: Int) throws {
        let network = network { builder in
            var numbers = Numbers(seed: 2)
            builder.weights("w", [1, 1, 3, 3], numbers.next(9))
            builder.weights("u", [1, 1, 2, 2], numbers.next(4))
            let strided: [(String, ModelBuilder.Value)] = [("strides", .ints([2, 2])), ("pads", .ints([1, 1, 1, 1]))]
            builder.node("Conv", ["x", "w"], ["a"], strided)
            builder.node("Conv", ["a", "w"], ["b"], strided)
            builder.node("ConvTranspose", ["b", "u"], [factor == 2 ? "y" : "c"], [("strides", .ints([2, 2]))])
            if factor == 1 { builder.node("ConvTranspose", ["c", "u"], ["y"], [("strides", .ints([2, 2]))]) }
        }
        let made = try MadePackage(network, least: 8, step: 4)
        let own = try result(of: made.package, try Fixture.image([40, 60]), ImageGeometry())
        #expect(own[.y] == .init(distance: Double(factor), origin: Double(factor - 1) / 2))
    }

    @Test("Labels that a strided network's places become on the image's grid lie where the image does")
    func strideAndGrid() throws {
        let network = network { builder in
            var numbers = Numbers(seed: 2)
            builder.weights("w", [5, 1, 3, 3], numbers.next(45))
            builder.node("Conv", ["x", "w"], ["y"], [("strides", .ints([2, 2])), ("pads", .ints([1, 1, 1, 1]))])
        }
        let made = try MadePackage(network, least: 8, step: 2, outputs: [.init(channels: 5)])
        let stars = try Fixture.postprocessor("{id: stardist, grid: 2}")
        let own = try result(of: made.package, try Fixture.image([40, 60]), ImageGeometry(), to: "labels.tif", .labels(stars))
        #expect(own[.y] == .pixels && own[.x] == .pixels)
    }

    @Test("Labels on a finer grid lie as far apart as the grid says")
    func labels() throws {
        let package = try ModelPackage(folder: try Fixture.folder("stars"))
        let array = try Fixture.array("stars/maps.npy")
        // What lies at a place is of no interest here, so that the channels may come first as they are.
        let shape = [array.shape[3], array.shape[1], array.shape[2]]
        let image = try #require(Image(shape: shape, axes: [.channel, .y, .x], pixels: array.pixels))
        let own = try result(of: package, image, ImageGeometry(spacing: [.y: 1, .x: 4]))
        #expect(own[.y] == .init(distance: 0.5, origin: -0.25, unit: ImageGeometry.micrometre))
        #expect(own[.x] == .init(distance: 2, origin: -1, unit: ImageGeometry.micrometre))
    }
}
