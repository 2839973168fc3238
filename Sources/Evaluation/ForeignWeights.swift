import Foundation

/// Weights that are no ONNX, told by the name of their file; they are never opened.
enum ForeignWeights {
    /// How such a file becomes ONNX; `nil` for other files.
    static func remedy(forFile path: String) -> String? {
        let keras =
            "`python -m tf2onnx.convert --keras FILE --output weights.onnx`, or with Keras 3 "
            + "`model.export(\"weights.onnx\", format=\"onnx\")`"
        let torch = "load it in PyTorch and write `torch.onnx.export(model, example, \"weights.onnx\", dynamic_axes=…)`"
        switch (path as NSString).pathExtension.lowercased() {
        case "pt", "pth", "torchscript", "ckpt", "safetensors", "pkl", "pickle": return torch
        case "h5", "hdf5", "keras": return "run \(keras)"
        case "pb": return "run `python -m tf2onnx.convert --saved-model FOLDER --output weights.onnx`"
        case "tflite": return "run `python -m tf2onnx.convert --tflite FILE --output weights.onnx`"
        default: return nil
        }
    }
}
