import NeuralNetwork
import Testing

/// Tiles through Winograd's kernels: their grid must lie the same in a tile as in the whole image, on every level.
@Suite("Tiles through the fast kernels")
struct FastTilingTests {
    private let height = 332
    private let width = 364

    /// The part of an image as a network input.
    private func cut(_ image: [Float], _ rows: Range<Int>, _ columns: Range<Int>) throws -> Tensor {
        let values = rows.flatMap { row in image[row * width + columns.lowerBound..<row * width + columns.upperBound] }
        return try #require(Tensor(shape: [1, 1, rows.count, columns.count], storage: .float32(Array(values))))
    }

    /// The pixels of one axis that a tile reads: aligned, with the halo, clipped where the image ends.
    private func window(_ inner: Range<Int>, _ axis: Reach.AxisReach, extent: Int, less: Int) -> Range<Int> {
        func down(_ value: Int) -> Int { value >= 0 ? value / axis.stride * axis.stride : 0 }
        let end = (inner.upperBound + axis.haloAfter - less + axis.stride - 1) / axis.stride * axis.stride
        return down(inner.lowerBound - axis.haloBefore + less)..<min(extent, end)
    }

    /// The pixels of which a tile gives another value than the whole image.
    private func differing(
        _ network: Network, _ image: [Float], whole: [Float], tile: Int, axes: [Reach.AxisReach], options: RunOptions,
        less: Int = 0
    ) throws -> Int {
        var count = 0
        for top in stride(from: 0, to: height, by: tile) {
            for left in stride(from: 0, to: width, by: tile) {
                let inner = (top..<min(height, top + tile), left..<min(width, left + tile))
                let rows = window(inner.0, axes[0], extent: height, less: less),
                    columns = window(inner.1, axes[1], extent: width, less: less)
                let result = try FastKernelTests.floats(network, try cut(image, rows, columns), options)
                for row in inner.0 {
                    for column in inner.1 {
                        let value = result[(row - rows.lowerBound) * columns.count + column - columns.lowerBound]
                        if value != whole[row * width + column] { count += 1 }
                    }
                }
            }
        }
        return count
    }

    @Test(
        "Five tile sizes give every bit of the whole image, borders included",
        arguments: UNet.kinds.flatMap { kind in FastKernelTests.winograd.map { (kind, $0) } }, [16, 32, 48, 112, 208])
    func tiles(network: (kind: String, convolutions: RunOptions.Convolutions), tile: Int) throws {
        let options = RunOptions(convolutions: network.convolutions), stride = network.convolutions == .winograd2 ? 8 : 16
        let network = try Network(onnx: UNet.small(network.kind).file())
        let axes = try #require(try network.reach(inputShapes: ["x": [1, 1, height, width]], options: options)["y"]).axes
        #expect(axes.map(\.stride) == [stride, stride])
        var numbers = Numbers(seed: 5)
        let image = numbers.next(height * width)
        let whole = try FastKernelTests.floats(network, try cut(image, 0..<height, 0..<width), options)
        #expect(try differing(network, image, whole: whole, tile: tile, axes: axes, options: options) == 0)
    }

    @Test("One step less of context gives other bits", arguments: UNet.kinds, FastKernelTests.winograd)
    func lessContext(kind: String, convolutions: RunOptions.Convolutions) throws {
        let options = RunOptions(convolutions: convolutions), network = try Network(onnx: UNet.small(kind).file())
        let axes = try #require(try network.reach(inputShapes: ["x": [1, 1, height, width]], options: options)["y"]).axes
        var numbers = Numbers(seed: 5)
        let image = numbers.next(height * width)
        let whole = try FastKernelTests.floats(network, try cut(image, 0..<height, 0..<width), options)
        #expect(try differing(network, image, whole: whole, tile: 48, axes: axes, options: options, less: axes[0].stride) > 0)
    }

    @Test("One, two and three threads give the same bits of a network, and so do AVX2 and AVX-512", arguments: UNet.kinds)
    func threadsAndInstructions(kind: String) throws {
        let network = try Network(onnx: UNet.small(kind).file())
        var numbers = Numbers(seed: 6)
        let image = try cut(numbers.next(height * width), 0..<height, 0..<width)
        let one = try FastKernelTests.floats(network, image, RunOptions(threads: 1))
        for threads in [2, 3] { #expect(try FastKernelTests.floats(network, image, RunOptions(threads: threads)) == one) }
        for instructions in [InstructionSet.avx2, .avx512] where instructions <= .best {
            #expect(try FastKernelTests.floats(network, image, RunOptions(threads: 2, instructions: instructions)) == one)
        }
    }

    @Test("Tiles that are aligned to the pooling but not to the grid differ")
    func misaligned() throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 8, upsampling: .deconvolution).file())
        var numbers = Numbers(seed: 5)
        let image = numbers.next(height * width)
        let whole = try FastKernelTests.floats(network, try cut(image, 0..<height, 0..<width), RunOptions())
        let shifted = try FastKernelTests.floats(network, try cut(image, 4..<height, 4..<width), RunOptions())
        var differing = 0
        for row in 120..<200 {
            for column in 120..<200 where shifted[(row - 4) * (width - 4) + column - 4] != whole[row * width + column] { differing += 1 }
        }
        #expect(differing > 0)
    }

    @Test("Without Winograd the reach is the receptive field, with tiles of two too, with tiles of four it is wider")
    func exactReach() throws {
        let network = try Network(onnx: UNet(depth: 2, channels: 8, upsampling: .deconvolution).file())
        let shapes = ["x": [1, 1, 64, 64]]
        let fast = try #require(try network.reach(inputShapes: shapes)["y"]).axes[0]
        let small = try #require(try network.reach(inputShapes: shapes, options: RunOptions(convolutions: .winograd2))["y"]).axes[0]
        let exact = try #require(try network.reach(inputShapes: shapes, options: RunOptions(convolutions: .direct))["y"]).axes[0]
        #expect(exact.stride == 4 && small.stride == 8 && fast.stride == 16)
        #expect(exact.haloBefore == small.haloBefore && exact.haloAfter == small.haloAfter)
        #expect(small.haloBefore < fast.haloBefore && small.haloAfter < fast.haloAfter)
    }
}
