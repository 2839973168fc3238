import Imaging
import NeuralNetwork
import Testing
import TiledInference

/// Descriptions in which an output's extents refer to other axes of the image than its own.
@Suite("Outputs that refer across axes")
struct SquareTests {
    private func network(isTransposed: Bool) -> [UInt8] {
        var numbers = Numbers(seed: 11), builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("w", [1, 1, 3, 3], numbers.next(9))
        builder.node("Conv", ["x", "w"], [isTransposed ? "a" : "y"], [("pads", .ints([1, 1, 1, 1]))])
        if isTransposed { builder.node("Transpose", ["a"], ["y"], [("perm", .ints([0, 1, 3, 2]))]) }
        return builder.file
    }

    @Test(
        "Tiles give the whole image",
        arguments: [["x": "y"], ["y": "x"], ["y": "x", "x": "y"]], [false, true])
    func tiles(references: [String: String], isTransposed: Bool) throws {
        let made = try MadePackage(network(isTransposed: isTransposed), least: 8, step: 1, references: references)
        let image = try Fixture.image([64, 64])
        let predictor = try Predictor(made.package), whole = try predictor.predict(image)
        for tile in [[16, 32], [32, 16], [64, 24]] {
            let prediction = try predictor.predict(image, options: .init(tile: tile)), tiled = prediction.outputs[0]
            #expect(tiled.shape == [1, 1, 64, 64] && tiled.values == whole.outputs[0].values, "\(tile)")
            // An axis to which two refer is followed by that of its name alone.
            if references.count == 1, !isTransposed { #expect(prediction.plan.tiles.count > 1, "\(prediction.notes)") }
        }
    }
}
