import Foundation

/// The files of a network without a package.
public enum NetworkFile {
    /// What exporters append to the name of an ONNX file for that of its external weights: PyTorch's, and that of other tools.
    private static let dataEndings = [".data", "_data"]

    /// The endings of names of files that hold a network and nothing else: ONNX, and kinds of which their first bytes tell how they
    /// become ONNX.
    private static let endings: Set = [
        "onnx", "pt", "pth", "torchscript", "ckpt", "pkl", "pickle", "safetensors", "h5", "hdf5", "keras", "tflite",
    ]

    /// Whether a file is by its name a network and no package.
    public static func isNetwork(_ path: String) -> Bool { endings.contains((path as NSString).pathExtension.lowercased()) }

    /// The path of the external weights beside an ONNX file; `nil` if there is no file of a usual name.
    public static func data(beside network: String) -> String? {
        dataEndings.map { network + $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
