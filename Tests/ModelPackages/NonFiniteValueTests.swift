import ModelPackages
import NeuralNetwork
import Testing

@Suite("Values that are not finite")
struct NonFiniteValueTests {
    /// A sample of 6 x 8 that is seen in four windows, the last one first.
    private struct Sample: StreamedSample {
        let axes = ["batch", "channel", "y", "x"]
        let shape = [1, 1, 6, 8]
        let values: [Float]

        func forEachWindow(_ visit: (AxisTensor, [Int]) throws(PackageError) -> Void) throws(PackageError) {
            for (top, left) in [(3, 4), (0, 4), (3, 0), (0, 0)] {
                let part = (top..<top + 3).flatMap { y in (left..<left + 4).map { values[8 * y + $0] } }
                guard let tensor = Tensor(shape: [1, 1, 3, 4], storage: .float32(part)), let window = AxisTensor(axes: axes, tensor: tensor)
                else { continue }
                try visit(window, [0, 0, top, left])
            }
        }
    }

    @Test("They are counted by kind, and the first one in C order is found, whatever the order of the windows")
    func places() throws {
        var values = [Float](repeating: 1, count: 48)
        (values[8 * 2 + 7], values[8 * 4 + 1], values[8 * 5 + 5], values[8 * 3 + 2]) = (.nan, .infinity, -.infinity, .nan)
        let found = try NonFiniteValues(Sample(values: values))
        #expect(found.notANumber == 2 && found.infinite == 2 && found.count == 4)
        #expect(found.first == [0, 0, 2, 7])
        #expect(found.place == "c 0, y 2, x 7")
        let whole = try #require(Tensor(shape: [1, 1, 6, 8], storage: .float32(values)))
        #expect(NonFiniteValues(try #require(AxisTensor(axes: found.axes, tensor: whole))) == found)
    }

    @Test("Finite values, the largest included, and whole numbers are none")
    func none() throws {
        var values = [Float](repeating: -.greatestFiniteMagnitude, count: 48)
        values[5] = .leastNonzeroMagnitude
        #expect(try NonFiniteValues(Sample(values: values)).count == 0)
        let whole = try #require(Tensor(shape: [2], storage: .uint16([0, .max])))
        let found = NonFiniteValues(try #require(AxisTensor(axes: ["x"], tensor: whole)))
        #expect(found.count == 0 && found.first.isEmpty)
    }

    @Test("In tiles of the sensible size a run reads twice the image at most, and more in smaller ones", arguments: [1, 2, 3])
    func sensibleTile(_ axes: Int) throws {
        for (stride, before, after) in [(8, 51, 50), (32, 121, 128), (1, 3, 0)] {
            let reach = Reach.AxisReach(stride: stride, before: before, after: after, scale: .one)
            let context = TileContext(reach)
            #expect(context.before % stride == 0 && context.before >= before && context.before < before + stride)
            let tile = [[TileContext](repeating: context, count: axes)].sensibleTile
            func factor(_ tile: [Int]) -> Double {
                tile.reduce(1.0) { $0 * Double($1 + context.before + context.after) / Double($1) }
            }
            #expect(tile.count == axes && tile.allSatisfy { $0 % stride == 0 })
            #expect(factor(tile) <= 2.0001)
            if tile[0] > stride { #expect(factor(tile.map { $0 - stride }) > 2) }
        }
    }
}
