import Foundation
import Testing

@Suite("A run takes the memory that its bound says, 40 to 65 MiB beside it, and the weights")
struct MemoryTests {
    private static let margin = 50

    /// What a run of a network holds much of.
    enum Load: String, CaseIterable {
        case resultOfManyChannels, enlargedResult, imageOfManyChannels, halfPrecision, doublesOfAnOperator, processedChannels
        case normalisedChannels

        /// The channels of image and result, the side of the image, the bound in MiB, and the file of the result.
        var run: (channels: Int, results: Int, side: Int, memory: Int, ending: String) {
            switch self {
            case .resultOfManyChannels: (1, 48, 1000, 96, "zarr")
            case .enlargedResult: (1, 1, 2400, 160, "tif")
            case .imageOfManyChannels: (48, 1, 700, 64, "npy")
            case .halfPrecision: (1, 1, 1200, 64, "tif")
            case .doublesOfAnOperator: (1, 4, 1200, 96, "npy")
            case .processedChannels, .normalisedChannels: (1, 48, 700, 64, "zarr")
            }
        }

        func network() -> [UInt8] {
            let (channels, results, _, _, _) = run
            return ModelBuilder.model(input: [1, channels, -1, -1]) { builder in
                func convolution(_ input: String, _ output: String, _ channels: Int, _ results: Int, _ isHalf: Bool = false) {
                    var names = ["weights of \(output)", "bias of \(output)"]
                    builder.weights(names[0], [results, channels, 3, 3], (0..<9 * channels * results).map { Float($0 % 13 - 6) / 64 })
                    // Not 0 everywhere, as a chunk of zeros takes no room.
                    builder.weights(names[1], [results], (0..<results).map { Float($0 + 1) / 8 })
                    if isHalf {
                        for name in names { builder.node("Cast", [name], ["\(name) "], [("to", .int(10))]) }
                        names = names.map { "\($0) " }
                    }
                    builder.node("Conv", [input] + names, [output], [("pads", .ints([1, 1, 1, 1]))])
                }
                switch self {
                case .enlargedResult:
                    builder.weights("scales", [4], [1, 1, 2, 2])
                    builder.node("Resize", ["x", "", "scales"], ["y"], [("mode", .string("linear"))])
                case .halfPrecision:
                    builder.node("Cast", ["x"], ["h"], [("to", .int(10))])
                    convolution("h", "a", 1, 16, true)
                    convolution("a", "b", 16, 16, true)
                    convolution("b", "c", 16, 1, true)
                    builder.node("Cast", ["c"], ["y"], [("to", .int(1))])
                case .doublesOfAnOperator:
                    convolution("x", "a", 1, 4)
                    builder.node("LogSoftmax", ["a"], ["y"], [("axis", .int(1))])
                default:
                    convolution("x", "a", channels, 8)
                    convolution("a", "y", 8, results)
                }
            }
        }

        /// What follows the network.
        var steps: String {
            switch self {
            case .processedChannels: ", postprocessing: [{id: sigmoid}]"
            // Statistics of the whole result, which waits in a file.
            case .normalisedChannels: ", postprocessing: [{id: zero_mean_unit_variance}]"
            default: ""
            }
        }
    }

    @Test("The peak of a run is that of its bound, whatever it holds much of", arguments: Load.allCases)
    func peak(_ load: Load) throws {
        let folder = try TemporaryFolder(), (channels, results, side, memory, ending) = load.run
        let names = { (count: Int) in (0..<count).map { "c\($0)" } }
        let output = TestPackage.Tensor.maps("maps", names(results), scale: load == .enlargedResult ? "0.5" : "1")
        let package = try TestPackage.write(
            load.network(), named: "package", in: folder, [.image("raw", names(channels), size: "{min: 8, step: 1}")],
            [TestPackage.Tensor(id: output.id, axes: output.axes + load.steps)])
        let image = try zeros([1, channels, side, side], folder)
        let run = try CommandRun(
            ["model", "run", package, "--input", image, "--output", "\(folder.path)/a.\(ending)", "--memory", "\(memory)MiB", "--json"])
        #expect(run.exitCode == 0, "\(run.error)")
        #expect(run.json["peakMemoryBytes"] as? Int ?? .max <= (memory + Self.margin) << 20, "\(run.json)")
    }

    /// An NPY of zeros, of which the disk holds the head alone.
    private func zeros(_ shape: [Int], _ folder: TemporaryFolder) throws -> String {
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape.map(String.init).joined(separator: ", "))), }"
        header += String(repeating: " ", count: 117 - header.utf8.count) + "\n"
        let path = try folder.write([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8), to: "image.npy")
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.truncate(atOffset: UInt64(128 + 4 * shape.reduce(1, *)))
        try file.close()
        return path
    }
}
