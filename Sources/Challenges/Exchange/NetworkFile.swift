/// The files of a network without a package.
public enum NetworkFile {
    /// What exporters append to the name of an ONNX file for that of its external weights: PyTorch's, and that of other tools.
    public static let dataEndings = [".data", "_data"]
}
