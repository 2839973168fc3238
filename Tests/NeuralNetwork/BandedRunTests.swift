import NeuralNetwork
import Testing

/// Images that come a few rows at a time, against the same images at once.
@Suite("Networks in bands of rows")
struct BandedRunTests {
    private func tensor(_ shape: [Int], seed: UInt64 = 7) throws -> Tensor {
        var numbers = Numbers(seed: seed)
        return try #require(Tensor(shape: shape, storage: .float32(numbers.next(shape.reduce(1, *)))))
    }

    /// Some rows of an image (1, 1, rows, …).
    private func rows(_ range: Range<Int>, of image: Tensor) throws -> Tensor {
        let row = image.shape[3...].reduce(1, *)
        let values = try #require(image.floats)[range.lowerBound * row..<range.upperBound * row]
        return try #require(Tensor(shape: [1, 1, range.count] + image.shape[3...], storage: .float32(Array(values))))
    }

    /// The output of a run in bands, one channel, put together.
    private func banded(_ run: BandedRun, _ image: Tensor) throws -> [Float] {
        var values: [Float] = [], next = 0
        for start in stride(from: 0, to: run.height, by: run.rows) {
            for part in try run.advance(try rows(start..<min(run.height, start + run.rows), of: image)) {
                #expect(part.output == "y" && part.rows.lowerBound == next && part.tensor.shape[2] == part.rows.count)
                next = part.rows.upperBound
                values += try #require(part.tensor.floats)
            }
        }
        #expect(next == run.height)
        return values
    }

    @Test("Bands of any height give every bit of the whole image", arguments: UNet.kinds, [16, 32, 80, 144, 320])
    func bits(kind: String, rows: Int) throws {
        let network = try Network(onnx: UNet.small(kind).file())
        let image = try tensor([1, 1, 332, 76])
        let whole = try FastKernelTests.floats(network, image, RunOptions())
        let run = try #require(try network.banded(inputShape: image.shape, rows: rows, stride: 16))
        #expect(try banded(run, image) == whole)
    }

    @Test("Nearest neighbours, direct kernels, threads and other instructions too")
    func options() throws {
        let image = try tensor([1, 1, 216, 96])
        for upsampling in [UNet.Upsampling.nearest, .linear] {
            let network = try Network(onnx: UNet(depth: 3, channels: 8, upsampling: upsampling).file())
            for options in [
                RunOptions(threads: 3), RunOptions(convolutions: .direct), RunOptions(convolutions: .winograd2),
                RunOptions(threads: 2, instructions: .avx2),
            ] {
                let whole = try FastKernelTests.floats(network, image, options)
                let run = try #require(try network.banded(inputShape: image.shape, rows: 64, stride: 32, options: options))
                #expect(try banded(run, image) == whole)
            }
        }
    }

    @Test("A stack comes in slices", arguments: [UNet.Upsampling.deconvolution, .linear])
    func stack(upsampling: UNet.Upsampling) throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 8, upsampling: upsampling, spatialAxes: 3).file())
        let image = try tensor([1, 1, 44, 20, 28])
        let whole = try FastKernelTests.floats(network, image, RunOptions())
        let run = try #require(try network.banded(inputShape: image.shape, rows: 8, stride: 4))
        #expect(try banded(run, image) == whole)
    }

    @Test("Rows that an operator on plain tensors reads again are held beside their blocks", arguments: [1, 2, 4, 12])
    func plainRests(rows: Int) throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 3)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        for (name, results, channels) in [("w", 20, 1), ("v", 20, 20), ("u", 1, 20)] {
            builder.weights(name, [results, channels, 3, 3], numbers.next(results * channels * 9))
        }
        let pads = ("pads", ModelBuilder.Value.ints([1, 1, 1, 1]))
        builder.node("Conv", ["x", "w"], ["a"], [pads])
        // It has no form on blocks, and reads rows that the convolution behind it reads as well.
        builder.node("LpPool", ["a"], ["b"], [("kernel_shape", .ints([3, 3])), pads])
        builder.node("Conv", ["a", "v"], ["c"], [pads])
        builder.node("Add", ["b", "c"], ["d"])
        builder.node("Conv", ["d", "u"], ["y"], [pads])
        let network = try Network(onnx: builder.file)
        let image = try tensor([1, 1, 37, 21])
        let whole = try FastKernelTests.floats(network, image, RunOptions())
        let run = try #require(try network.banded(inputShape: image.shape, rows: rows, stride: 1))
        #expect(try banded(run, image) == whole)
    }

    @Test("A number that is NaN, such as a statistic of an image with one, is the same for every height")
    func notANumber() throws {
        var builder = ModelBuilder(), numbers = Numbers(seed: 3)
        builder.input("x", [1, 1, -1, -1])
        builder.output("y")
        builder.weights("w", [1, 1, 3, 3], numbers.next(9))
        builder.node("Shape", ["x"], ["s"], [("start", .int(1)), ("end", .int(2))])
        builder.node("Cast", ["s"], ["f"], [("to", .int(1))])
        builder.node("Sub", ["f", "f"], ["zero"])
        builder.node("Div", ["zero", "zero"], ["n"])
        builder.node("Conv", ["x", "w"], ["c"], [("pads", .ints([1, 1, 1, 1]))])
        builder.node("Mul", ["c", "n"], ["y"])
        let image = try tensor([1, 1, 64, 20])
        let run = try #require(try Network(onnx: builder.file).banded(inputShape: image.shape, rows: 16, stride: 1))
        let values = try banded(run, image)
        #expect(values.count == 64 * 20 && values.allSatisfy(\.isNaN))
    }

    @Test("What a run holds does not grow with the height, and is less than a run at once holds")
    func memory() throws {
        let network = try Network(onnx: UNet(depth: 3, channels: 8, upsampling: .deconvolution).file())
        let bytes = try [1024, 4096, 65536].map { height in
            try #require(try network.banded(inputShape: [1, 1, height, 256], rows: 64, stride: 32)).workingSetBytes
        }
        #expect(bytes[1] == bytes[0] && bytes[2] == bytes[0])
        #expect(try bytes[0] < network.workingSetBytes(inputShapes: ["x": [1, 1, 1024, 256]]) / 2)
    }

    @Test("A network that sees more than rows near by has no run in bands")
    func refused() throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 4, -1, -1])
        builder.output("y")
        builder.node("GlobalAveragePool", ["x"], ["a"])
        builder.node("Add", ["x", "a"], ["y"])
        #expect(try Network(onnx: builder.file).banded(inputShape: [1, 4, 64, 64], rows: 8, stride: 1) == nil)
        var turned = ModelBuilder()
        turned.input("x", [1, 4, -1, -1])
        turned.output("y")
        turned.node("Transpose", ["x"], ["y"], [("perm", .ints([0, 1, 3, 2]))])
        #expect(try Network(onnx: turned.file).banded(inputShape: [1, 4, 64, 64], rows: 8, stride: 1) == nil)
        var fixed = ModelBuilder()
        fixed.input("x", [1, 4, -1, -1])
        fixed.output("y")
        fixed.initializer(ModelBuilder.tensor("sizes", integers: [1, 4, 128, 128]))
        fixed.node("Resize", ["x", "", "", "sizes"], ["y"], [("mode", .string("nearest"))])
        #expect(try Network(onnx: fixed.file).banded(inputShape: [1, 4, 64, 64], rows: 8, stride: 1) == nil)
    }

    @Test("Rows of another number than was agreed are refused, and so are rows behind the end")
    func wrongRows() throws {
        let network = try Network(onnx: UNet.small("linear").file())
        let run = try #require(try network.banded(inputShape: [1, 1, 64, 32], rows: 32, stride: 16))
        #expect(throws: NetworkError.self) { try run.advance(try tensor([1, 1, 16, 32])) }
        _ = try run.advance(try tensor([1, 1, 32, 32]))
        _ = try run.advance(try tensor([1, 1, 32, 32]))
        #expect(throws: NetworkError.self) { try run.advance(try tensor([1, 1, 32, 32])) }
    }
}
