import Foundation

/// The files of a network without a package.
public enum NetworkFile {
    /// What exporters append to the name of an ONNX file for that of its external weights: PyTorch's, and that of other tools.
    private static let dataEndings = [".data", "_data"]

    /// The path of the external weights beside an ONNX file; `nil` if there is no file of a usual name.
    public static func data(beside network: String) -> String? {
        dataEndings.map { network + $0 }.first { FileManager.default.fileExists(atPath: $0) }
    }
}
