/// Files of other formats that are taken for ONNX, told by their first bytes; none of them is opened.
enum ForeignFile {
    /// What files begin with. No ONNX file begins so: its first byte is one of a field that models have.
    private static let beginnings: [(bytes: [UInt8], words: String)] = [
        (
            [0x50, 0x4B, 0x03, 0x04],
            "a zip archive, such as PyTorch and Keras write; write `torch.onnx.export(model, example, \"weights.onnx\")` in PyTorch, "
                + "`model.export(\"weights.onnx\", format=\"onnx\")` in Keras 3"
        ),
        (Array("version ".utf8), "the pointer of Git LFS to a file that is not there; run `git lfs pull`"),
        (Array("<!DOCTYP".utf8), "a web page; download the file itself"),
        ([0x89, 0x48, 0x44, 0x46], "HDF5, such as Keras writes; run `python -m tf2onnx.convert --keras weights.h5 --output weights.onnx`"),
    ]

    /// Refuses what is no ONNX by its first bytes.
    static func refuse(_ source: ByteSource) throws(NetworkError) {
        let head = try source.head(9)
        if let known = beginnings.first(where: { head.starts(with: $0.bytes) }) {
            throw NetworkError(.malformed, "not an ONNX file: it is \(known.words)")
        }
        // Protocols 2 to 5 of Python's pickle, and TensorFlow Lite's mark behind the first offset.
        if head.count > 1, head[0] == 0x80, (2...5).contains(head[1]) {
            throw NetworkError(
                .malformed,
                "not an ONNX file: it is a pickle, which is never opened; load it in the program that wrote it and export the network "
                    + "there, in PyTorch by `torch.onnx.export(model, example, \"weights.onnx\")`")
        }
        if head.dropFirst(4).starts(with: "TFL3".utf8) {
            throw NetworkError(
                .malformed, "not an ONNX file: it is TensorFlow Lite; run `python -m tf2onnx.convert --tflite FILE --output weights.onnx`")
        }
        // The length of a header in JSON, and its first letter.
        if head.count == 9, head[4..<8].allSatisfy({ $0 == 0 }), head[8] == UInt8(ascii: "{") {
            throw NetworkError(
                .malformed,
                "not an ONNX file: it is safetensors, weights without a network; load them into it in PyTorch and write "
                    + "`torch.onnx.export(model, example, \"weights.onnx\")`")
        }
    }
}
