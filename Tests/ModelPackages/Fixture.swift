import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing

/// Files and packages that the tests use.
enum Fixture {
    /// A golden array made by `Tests/Oracles/packages_processing.py`.
    static func golden(_ name: String) throws -> NPYArray {
        let file = try #require(Bundle.module.url(forResource: "Golden/\(name)", withExtension: "npy"))
        return try NPY.read(file.path)
    }

    /// A golden array with named axes.
    static func tensor(_ name: String, axes: [String] = ["batch", "channel", "y", "x"]) throws -> AxisTensor {
        let array = try golden(name)
        let storage: TensorStorage =
            switch array.pixels {
            case .float32(let values): .float32(values)
            case .uint16(let values): .uint16(values)
            case .uint8(let values): .uint8(values)
            default: .float32([])
            }
        let tensor = try #require(Tensor(shape: array.shape, storage: storage))
        return try #require(AxisTensor(axes: axes, tensor: tensor))
    }

    /// A folder of files that lives as long as `body` runs.
    static func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("concours-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        return try body(folder.path)
    }

    /// Reads a package whose folder holds only this description.
    static func package(_ yaml: String) throws -> ModelPackage {
        try withFolder(["bioimageio.yaml": yaml]) { try ModelPackage(folder: $0) }
    }

    /// The error with which a description is refused.
    static func refusal(_ yaml: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PackageError {
        try #require(throws: PackageError.self, sourceLocation: sourceLocation) { try package(yaml) }
    }

    /// A folder of the steering data, if this checkout lies beside it.
    static func shared(_ path: String) -> String? {
        var root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("shared").appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }

    /// A small valid description; `preprocessing` and `postprocessing` are YAML lists in flow style.
    static func description(
        version: String = "0.5.4", preprocessing: String = "[]", postprocessing: String = "[]",
        size: String = "{min: 16, step: 8}", weights: String = "{onnx: {source: weights.onnx}}", extra: String = ""
    ) -> String {
        """
        format_version: \(version)
        type: model
        name: A model
        inputs:
          - id: raw
            axes:
              - {type: batch}
              - {type: channel, channel_names: [a, b, c]}
              - {type: space, id: y, size: \(size)}
              - {type: space, size: \(size)}
            preprocessing: \(preprocessing)
          - id: counts
            axes: [{type: batch}, {type: channel, channel_names: [p, q, r]}, {type: space, id: y, size: 9}, {type: space, id: x, size: 8}]
            preprocessing: \(preprocessing)
        outputs:
          - id: result
            axes:
              - {type: batch}
              - {type: channel, channel_names: [a, b, c]}
              - {type: space, id: y, size: {tensor_id: raw, axis_id: y}, halo: 4}
              - {type: space, id: x, size: {tensor_id: raw, axis_id: x, offset: -2}, scale: 0.5, halo: 4}
            postprocessing: \(postprocessing)
        weights: \(weights)
        \(extra)
        """
    }
}
