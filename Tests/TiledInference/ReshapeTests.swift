import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks that split and merge axes of the image by reshaping.
@Suite struct ReshapeTests {
    private static let tiles = [[16, 16], [8, 40], [40, 8], [24, 48]]
    private static let images = [[64, 64], [72, 104], [40, 136]]

    private func predictor(_ form: ReshapeForm) throws -> Predictor {
        let made = try MadePackage(form.file, least: 8, step: form.step)
        defer { withExtendedLifetime(made) {} }
        return try Predictor(made.package)
    }

    @Test("What exporters write for blocks, tokens and windows is local, and tiles have every bit", arguments: ReshapeForm.local)
    func local(_ form: ReshapeForm) throws {
        let predictor = try predictor(form)
        for extents in Self.images + (form.step == 1 ? [[67, 93]] : []) {
            let image = try Fixture.image(extents), whole = try predictor.predict(image)
            #expect(whole.way == .whole && whole.tilingClass == .local, "\(extents): \(whole.notes)")
            for tile in Self.tiles {
                let tiled = try predictor.predict(image, options: PredictionOptions(tile: tile, run: .init(threads: 2)))
                #expect(tiled.plan.tiles.count > 1 && tiled.way == .tiles && tiled.isExact, "\(extents) \(tile): \(tiled.notes)")
                #expect(tiled.outputs[0].values == whole.outputs[0].values, "\(extents) in tiles of \(tile)")
            }
        }
    }

    @Test("The stride is that of the blocks", arguments: ReshapeForm.local)
    func strides(_ form: ReshapeForm) throws {
        let network = try Network(onnx: form.file), options = RunOptions(convolutions: .direct)
        for extents in Self.images + [[512, 512]] {
            let reach = try #require(try network.reach(inputShapes: ["x": [1, 1] + extents], options: options)["y"])
            #expect(reach.isLocal && reach.axes.map(\.stride) == form.strides, "\(extents): \(reach.axes) \(reach.wholeImageOperators)")
        }
    }

    @Test("What mixes places that lie apart is global, and what is called exact is", arguments: ReshapeForm.global)
    func global(_ form: ReshapeForm) throws {
        let predictor = try predictor(form)
        #expect(try predictor.network.reach(inputShapes: ["x": [1, 1, 128, 128]])["y"]?.isLocal == false)
        for extents in Self.images {
            let image = try Fixture.image(extents), whole = try predictor.predict(image)
            #expect(whole.tilingClass == .global, "\(extents)")
            for tile in Self.tiles {
                guard let tiled = try? predictor.predict(image, options: PredictionOptions(tile: tile)) else { continue }
                #expect(tiled.tilingClass == .global)
                #expect(!tiled.isExact || tiled.outputs[0].values == whole.outputs[0].values, "\(extents) in tiles of \(tile)")
            }
        }
    }

    @Test(
        "Parameters that vary along the image, or are parts of it, are seen with the places that they are for",
        arguments: ["BatchNormalization", "InstanceNormalization", "Conv"])
    func parameters(type: String) throws {
        let file = ModelBuilder.model(input: [1, 1, 16, 16]) {
            var numbers = Numbers(seed: 9)
            if type == "Conv" {
                $0.integers("windows", [16, 1, 4, 4])
                $0.integers("back", [1, 1, 16, 16])
                $0.node("Reshape", ["x", "windows"], ["w"])
                $0.node("Conv", ["x", "w"], ["c"], [("strides", .ints([4, 4]))])
                $0.node("Reshape", ["c", "back"], ["y"])
            } else {
                $0.weights("v", [16], numbers.next(16).map { abs($0) + 1 })
                $0.node("Transpose", ["x"], ["t"], [("perm", .ints([0, 3, 2, 1]))])
                $0.node(type, ["t", "v", "v"] + (type == "BatchNormalization" ? ["v", "v"] : []), ["n"], name: "it")
                $0.node("Transpose", ["n"], ["y"], [("perm", .ints([0, 3, 2, 1]))])
            }
        }
        let reach = try #require(try Network(onnx: file).reach(inputShapes: ["x": [1, 1, 16, 16]])["y"])
        #expect(!reach.isLocal && reach.axes[1].isWhole, "\(reach)")
    }

    @Test("One place that a window has left is seen by all that it is spread to", arguments: ["Mul", "Reshape"])
    func onePlace(type: String) throws {
        let file = ModelBuilder.model(input: [1, 1, 16, 16]) {
            $0.integers("extents", [1, 1, 1, 1, 1])
            $0.integers("back", [1, 1, 1, 1])
            $0.node("AveragePool", ["x"], ["p"], [("kernel_shape", .ints([16, 16])), ("strides", .ints([16, 16]))])
            if type == "Reshape" {
                $0.node("Reshape", ["p", "extents"], ["q"])
                $0.node("Sigmoid", ["q"], ["r"])
                $0.node("Reshape", ["r", "back"], ["z"])
            } else {
                $0.node("Sigmoid", ["p"], ["z"])
            }
            $0.node("Mul", ["x", "z"], ["y"], name: "it")
        }
        let reach = try #require(try Network(onnx: file).reach(inputShapes: ["x": [1, 1, 16, 16]])["y"])
        #expect(!reach.isLocal && reach.axes.allSatisfy(\.isWhole))
    }
}
