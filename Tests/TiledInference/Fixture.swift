import Foundation
import Imaging
import ModelPackages
import Testing
import TiledInference

/// Golden files made by `Tests/Oracles/packages_networks.py` and `labels_*.py`.
enum Fixture {
    /// The folder of a golden package or set of files.
    static func folder(_ name: String) throws -> String {
        try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: nil)).path
    }

    static func array(_ path: String) throws -> NPYArray {
        try NPY.read(try folder(path))
    }

    /// Labels, whatever the type in the file.
    static func labels(_ name: String) throws -> [UInt32] {
        switch try array("labels/\(name).npy").pixels {
        case .uint8(let values): values.map(UInt32.init)
        case .uint16(let values): values.map(UInt32.init)
        default: []
        }
    }

    /// Float values.
    static func floats(_ path: String) throws -> [Float] {
        guard case .float32(let values) = try array(path).pixels else { return [] }
        return values
    }

    /// A golden probability map `(batch, channel, [z,] y, x)` as a predicted tensor.
    static func output(_ name: String) throws -> PredictedTensor {
        let array = try array("labels/\(name).npy")
        let spaces = ["z", "y", "x"].suffix(array.shape.count - 2)
        return try output(id: "maps", shape: array.shape, spaces: Array(spaces), values: try floats("labels/\(name).npy"))
    }

    /// Flows and insides of `labels_flows.py`, `(channel, [z,] y, x)`, as a predicted tensor.
    static func flows(_ name: String) throws -> PredictedTensor {
        let array = try array("labels/\(name).npy")
        guard case .uint8(let stored) = array.pixels else { return try output(shape: [0, 0, 0, 0], values: []) }
        return try output(
            shape: [1] + array.shape, spaces: Array(["z", "y", "x"].suffix(array.shape.count - 1)),
            values: stored.map { (Float($0) - 128) / 24 })
    }

    /// A predicted tensor of batch, channel and space axes.
    static func output(id: String = "maps", shape: [Int], spaces: [String] = ["y", "x"], values: [Float]) throws -> PredictedTensor {
        let channels = (0..<shape[1]).map { "c\($0)" }.joined(separator: ", ")
        let space = spaces.map { ", {type: space, id: \($0), size: 1}" }.joined()
        let yaml = """
            format_version: 0.5.4
            type: model
            name: axes
            inputs: [{id: raw, axes: [{type: batch}, {type: space, id: y, size: 1}, {type: space, id: x, size: 1}]}]
            outputs: [{id: \(id), axes: [{type: batch}, {type: channel, channel_names: [\(channels)]}\(space)]}]
            weights: {onnx: {source: weights.onnx}}
            """
        let axes = try package(yaml).outputs[0].axes
        return try #require(PredictedTensor(id: id, axes: axes, shape: shape, values: values))
    }

    /// Reads a description from a folder of its own.
    static func package(_ yaml: String) throws -> ModelPackage {
        let folder = try TemporaryFolder()
        try folder.write(yaml, "bioimageio.yaml")
        return try ModelPackage(folder: folder.path)
    }

    /// A postprocessor from the text of its mapping.
    static func postprocessor(_ yaml: String) throws -> LabelPostprocessor {
        try LabelPostprocessor(try DescriptionNode.read(Array(yaml.utf8), file: "submission.yaml"))
    }

    /// A gray image of uint16 noise with structure; the same for the same seed.
    static func image(_ shape: [Int], seed: UInt64 = 1) throws -> Image {
        var state = seed
        let values = (0..<shape.reduce(1, *)).map { index -> UInt16 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt16((state >> 33) % 3000) + UInt16(index / 3 % 1000)
        }
        return try #require(Image(shape: shape, axes: [Axis.z, .y, .x].suffix(shape.count), pixels: .uint16(values)))
    }

    /// A folder of the steering data, if this checkout lies beside it.
    static func shared(_ path: String) -> String? {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("shared").appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }
}
