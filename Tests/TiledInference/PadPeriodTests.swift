import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Networks that pad their images to multiples which their own stride does not tell.
@Suite struct PadPeriodTests {
    private static let tiles = [[32, 32], [8, 100], [100, 16], [64, 96]]

    /// Extents that are multiples and that are not, as far as the network takes them.
    private static func images(_ form: PadPeriodForm) -> [[Int]] {
        [[141, 203], [128, 224], [172, 130], [97, 241]].map { $0.map { $0 / form.step * form.step } }
    }

    private func predictor(_ form: PadPeriodForm) throws -> Predictor {
        let made = try MadePackage(form.file, least: 8, step: form.step)
        defer { withExtendedLifetime(made) {} }
        return try Predictor(made.package)
    }

    @Test("Tiles aligned to the multiple have every bit of the whole image, borders included", arguments: PadPeriodForm.local)
    func local(_ form: PadPeriodForm) throws {
        let predictor = try predictor(form)
        for extents in Self.images(form) {
            let image = try Fixture.image(extents), whole = try predictor.predict(image)
            #expect(whole.way == .whole && whole.tilingClass == .local, "\(whole.notes)")
            for tile in Self.tiles {
                for convolutions in [RunOptions.Convolutions.winograd4, .direct] {
                    let options = RunOptions(convolutions: convolutions)
                    let expected = convolutions == .direct ? try predictor.predict(image, options: PredictionOptions(run: options)) : whole
                    let tiled = try predictor.predict(image, options: PredictionOptions(tile: tile, run: options))
                    #expect(tiled.way == .tiles && tiled.isExact && tiled.tilingClass == .local, "\(extents) \(tile): \(tiled.notes)")
                    #expect(tiled.plan.tiles.count > 1)
                    #expect(tiled.outputs[0].values == expected.outputs[0].values, "\(extents) in tiles of \(tile)")
                }
            }
        }
    }

    @Test("The alignment that is told is the least that does", arguments: PadPeriodForm.local)
    func alignment(_ form: PadPeriodForm) throws {
        let network = try Network(onnx: form.file), options = RunOptions(convolutions: .direct)
        for extents in Self.images(form) + [[512, 512]] {
            let reach = try #require(try network.reach(inputShapes: ["x": [1, 1] + extents], options: options)["y"])
            #expect(reach.isLocal && reach.axes.map(\.stride) == form.strides, "\(extents): \(reach.axes.map(\.stride))")
        }
    }

    @Test("What grows with the image, or follows from its extents, is not called local", arguments: PadPeriodForm.global)
    func global(_ form: PadPeriodForm) throws {
        let predictor = try predictor(form)
        for extents in Self.images(form) {
            let image = try Fixture.image(extents)
            guard let whole = try? predictor.predict(image) else { continue }
            #expect(whole.tilingClass == .global)
            for tile in Self.tiles {
                guard let tiled = try? predictor.predict(image, options: PredictionOptions(tile: tile)) else { continue }
                #expect(tiled.tilingClass == .global)
                #expect(!tiled.isExact || tiled.outputs[0].values == whole.outputs[0].values, "\(extents) in tiles of \(tile)")
            }
        }
    }

    @Test("Of a network alone it is told too", arguments: PadPeriodForm.global)
    func globalAlone(_ form: PadPeriodForm) throws {
        let network = try Network(onnx: form.file)
        #expect(try network.reach(inputShapes: ["x": [1, 1, 512, 512]])["y"]?.isLocal == false)
    }

    @Test("In bands of rows the values are the whole image's, where the network runs so", arguments: PadPeriodForm.local)
    func bands(_ form: PadPeriodForm) throws {
        let network = try Network(onnx: form.file), stride = leastCommonMultiple(form.strides[0], 16)
        for extents in Self.images(form) {
            let shape = [1, 1] + extents
            guard let run = try network.banded(inputShape: shape, rows: stride, stride: stride) else { continue }
            var numbers = Numbers(seed: 3)
            let values = numbers.next(extents[0] * extents[1])
            let input = try #require(Tensor(shape: shape, storage: .float32(values)))
            let whole = try #require(try network.run(["x": input])["y"]?.floats)
            var result: [Float] = []
            for first in Swift.stride(from: 0, to: extents[0], by: stride) {
                let rows = min(stride, extents[0] - first)
                let part = Array(values[first * extents[1]..<(first + rows) * extents[1]])
                let tensor = try #require(Tensor(shape: [1, 1, rows, extents[1]], storage: .float32(part)))
                result += try run.advance(tensor).flatMap { $0.tensor.floats ?? [] }
            }
            #expect(result == whole, "\(extents)")
        }
    }

    @Test("Along an axis that tiles leave whole nothing may depend on how they cut the others")
    func padOfWholeAxis() throws {
        let file = ModelBuilder.model(input: [1, 1, -1, -1]) {
            $0.integers("three", [3])
            $0.integers("zeros", [0, 0])
            $0.integers("zero", [0])
            $0.integers("one", [1])
            $0.integers("rows", [2])
            $0.node("Shape", ["x"], ["columns"], [("start", .int(3))])
            $0.node("Div", ["columns", "three"], ["more"])
            $0.node("Concat", ["zeros", "more", "zeros", "zeros", "zero"], ["pads"], [("axis", .int(0))])
            $0.node("Pad", ["x", "pads"], ["p"])
            $0.node("Softmax", ["p"], ["q"], [("axis", .int(2))])
            $0.node("Shape", ["x"], ["height"], [("start", .int(2)), ("end", .int(3))])
            $0.node("Add", ["height", "more"], ["end"])
            $0.node("Slice", ["q", "more", "end", "rows", "one"], ["y"])
        }
        let made = try MadePackage(file, least: 1, step: 1)
        let predictor = try Predictor(made.package), image = try Fixture.image([30, 80]), whole = try predictor.predict(image)
        for tile in [[16, 16], [30, 20]] {
            let tiled = try predictor.predict(image, options: PredictionOptions(tile: tile))
            #expect(!tiled.isExact || tiled.outputs[0].values == whole.outputs[0].values, "\(tile)")
        }
    }
}
