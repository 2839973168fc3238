/// What to say about weights that are not ONNX. They are never opened: reading a pickle can run code.
enum UnrunnableWeights {
    /// How each kind becomes ONNX.
    private static let conversions = [
        (
            kind: "torchscript",
            remedy: "load them with `torch.jit.load` and write `torch.onnx.export(model, example, \"weights.onnx\", opset_version=17, "
                + "dynamo=False)`, naming the free extents in `dynamic_axes`"
        ),
        (
            kind: "pytorch_state_dict",
            remedy:
                "build the architecture in PyTorch, load the state and write `torch.onnx.export(model.eval(), example, \"weights.onnx\", "
                + "opset_version=17, dynamo=False)`, naming the free extents in `dynamic_axes`"
        ),
        (
            kind: "tensorflow_saved_model_bundle",
            remedy: "unpack the bundle and run `python -m tf2onnx.convert --saved-model FOLDER --opset 17 --output weights.onnx`"
        ),
        (kind: "keras_hdf5", remedy: "run `python -m tf2onnx.convert --keras weights.h5 --opset 17 --output weights.onnx`"),
        (kind: "keras_v3", remedy: "load them with Keras 3 and write `model.export(\"weights.onnx\", format=\"onnx\")`"),
        (
            kind: "tensorflow_js",
            remedy: "run `python -m tf2onnx.convert --tfjs model.json --opset 17 --output weights.onnx`"
        ),
    ]

    /// The error for a `weights` mapping without `onnx`.
    static func fault(_ node: DescriptionNode) throws(PackageError) -> PackageError {
        let kinds = try node.pairs().map(\.key)
        guard !kinds.isEmpty else {
            return node.fault(.unsupportedWeights, found: "there are no weights", remedy: "add ONNX weights under `onnx`")
        }
        let known = conversions.first { kinds.contains($0.kind) }
        let remedy = known?.remedy ?? "export the network from the software that made it"
        return node.fault(
            .unsupportedWeights, found: "the weights are \(kinds.joined(separator: ", ")), not onnx",
            remedy: "convert them: \(remedy); then add the file under `onnx` (or let `bioimageio add-weights` of bioimageio.core do both)")
    }
}
