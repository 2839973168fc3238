/// Turns `Constant` nodes whose tensors a scan has left in the file into weights, as older exporters write all their weights.
struct ConstantReader {
    /// Where the elements lie, by the number of the node.
    let elements: [Int: StoredElements]
    let source: ByteSource
    let limits: NetworkLimits

    /// The value's name and the weight; `nil` for a node that holds no large tensor.
    func weight(_ node: ONNXNodeProto, index: Int) throws(NetworkError) -> (name: String, weight: StoredTensor)? {
        guard let elements = elements[index] else { return nil }
        func fault(_ kind: NetworkError.Kind, _ message: String) -> NetworkError {
            NetworkError(kind, node: node.name.isEmpty ? "#\(index)" : node.name, operatorType: node.opType, message)
        }
        guard node.opType == "Constant", node.domain.isEmpty || node.domain == "ai.onnx", node.attribute.count == 1,
            let attribute = node.attribute.first, attribute.name == "value", attribute.type == 4 || attribute.type == 0
        else {
            throw fault(.unsupported, "an attribute holds a tensor of \(elements.bytes.count) bytes; only the value of a Constant may")
        }
        guard node.input.isEmpty, node.output.count == 1, let name = node.output.first, !name.isEmpty else {
            throw fault(.graph, "has \(node.input.count) inputs and \(node.output.count) outputs; expected one output")
        }
        guard attribute.t.dataLocation == 0, attribute.t.externalData.isEmpty, attribute.t.rawData.isEmpty else {
            throw fault(.malformed, "the tensor lies in more than one place; save the model anew")
        }
        do {
            return (name, try TensorReader.tensor(attribute.t, elements: elements, in: source, place: "the value", limits: limits))
        } catch {
            throw fault(error.kind, error.message)
        }
    }
}
