import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing

/// A package around a network that a test made, in a folder of its own.
final class MadePackage {
    /// An output: its name, channels and the offset that the description says, in elements.
    struct Output {
        var id = "maps"
        var channels = 1
        var offset = 0
    }

    private let home: TemporaryFolder
    let package: ModelPackage

    /// - Parameters:
    ///   - least: the least extent of the image, and the step to the next; 0 for an image of one extent.
    ///   - fixed: the axes of which the network takes one extent only.
    ///   - references: the input axis whose extent an output axis has, by name, where it is not the one of its own name.
    ///   - test: the extents of the test image; `nil` for a package without test tensors.
    init(
        _ network: [UInt8], channels: Int = 1, isChannelsLast: Bool = false, least: Int, step: Int, outputs: [Output] = [Output()],
        spaces: [String] = ["y", "x"], fixed: [String: Int] = [:], references: [String: String] = [:], test: [Int]? = nil
    ) throws {
        home = try TemporaryFolder()
        let folder = home.path
        try Data(network).write(to: URL(fileURLWithPath: folder + "/weights.onnx"))
        func axes(_ channels: Int, _ size: (String) -> String) -> String {
            let names = (0..<channels).map { "c\($0)" }.joined(separator: ", ")
            let channel = ["{type: channel, channel_names: [\(names)]}"]
            let space = spaces.map { "{type: space, id: \($0), size: \(size($0))}" }
            return (["{type: batch, size: 1}"] + (isChannelsLast ? space + channel : channel + space)).joined(separator: ", ")
        }
        func size(_ name: String) -> String {
            fixed[name].map { "\($0)" } ?? (step == 0 ? "\(least)" : "{min: \(least), step: \(step)}")
        }
        var yaml = "format_version: 0.5.4\ntype: model\nname: made\nlicense: CC0-1.0\ninputs:\n  - id: raw\n"
        yaml += "    axes: [\(axes(channels, size))]\n"
        if let test {
            let shape = isChannelsLast ? [1] + test + [channels] : [1, channels] + test
            var numbers = Numbers(seed: 4)
            let values = numbers.next(shape.reduce(1, *))
            let loaded = try Network(onnx: network)
            let image = try #require(Tensor(shape: shape, storage: .float32(values)))
            let results = try loaded.run(["x": image])
            try NPY.write(NPYArray(shape: shape, pixels: .float32(values)), to: folder + "/raw.npy")
            for (output, port) in zip(outputs, loaded.outputs) {
                let result = try #require(results[port.name])
                let floats = try #require(result.floats)
                try NPY.write(NPYArray(shape: result.shape, pixels: .float32(floats)), to: folder + "/\(output.id).npy")
            }
            yaml += "    test_tensor: {source: raw.npy}\n"
        }
        // Images of the tests are uint16, test tensors are float32 already.
        let scaling = test == nil ? ", {id: scale_linear, kwargs: {gain: 0.0005, offset: -1}}" : ""
        yaml += "    preprocessing: [{id: ensure_dtype, kwargs: {dtype: float32}}\(scaling)]\n"
        yaml += "outputs:\n"
        for output in outputs {
            yaml += "  - id: \(output.id)\n"
            yaml +=
                "    axes: [\(axes(output.channels) { "{tensor_id: raw, axis_id: \(references[$0] ?? $0), offset: \(output.offset)}" })]\n"
            if test != nil { yaml += "    test_tensor: {source: \(output.id).npy}\n" }
        }
        yaml += "weights: {onnx: {source: weights.onnx, opset_version: 18}}\n"
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: folder + "/bioimageio.yaml"))
        package = try ModelPackage(folder: folder)
    }

    var folder: String { home.path }

    /// The values of an image in a file, and its axes.
    static func read(_ path: String) throws -> (axes: [Axis], shape: [Int], values: [Float]) {
        let image = try ImageFile.blocks(path), pixels = try image.read(image.shape.map { 0..<$0 })
        return (image.axes, image.shape, pixels.doubles.map { Float($0) })
    }
}

extension Pixels {
    /// The values, which every type holds exactly.
    var doubles: [Double] {
        switch self {
        case .uint8(let values): values.map(Double.init)
        case .uint16(let values): values.map(Double.init)
        case .uint32(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        }
    }
}
