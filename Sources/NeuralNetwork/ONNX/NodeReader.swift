#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Turns ONNX's `NodeProto` into a `Node`.
enum NodeReader {
    static func node(_ proto: ONNXNodeProto, index: Int, opsets: [String: Int], limits: NetworkLimits) throws(NetworkError) -> Node {
        let domain = proto.domain == "ai.onnx" ? "" : proto.domain
        let name = proto.name.isEmpty ? "#\(index)" : proto.name
        guard let opset = opsets[domain] else {
            throw NetworkError(
                .unsupported, node: name, operatorType: proto.opType,
                "the operator's domain '\(domain.isEmpty ? "ai.onnx" : domain)' is not among the imported operator sets")
        }
        var node = Node(
            name: name, operatorType: proto.opType, domain: domain, opset: opset, inputs: proto.input, outputs: proto.output,
            attributes: [:])
        guard proto.input.count <= 4096, proto.output.count <= 4096 else {
            throw node.error(.limit, "has \(proto.input.count) inputs and \(proto.output.count) outputs; at most 4096 each are read")
        }
        for attribute in proto.attribute {
            guard node.attributes[attribute.name] == nil else {
                throw node.error(.attribute, "attribute '\(attribute.name)' is given twice")
            }
            node.attributes[attribute.name] = try value(of: attribute, in: node, opsets: opsets, limits: limits)
        }
        var captured: [String] = []
        for name in node.attributes.keys.sorted() {
            guard case .graph(let subgraph) = node.attributes[name] else { continue }
            captured += subgraph.captured.filter { !captured.contains($0) }
        }
        guard !captured.isEmpty else { return node }
        return Node(
            name: node.name, operatorType: node.operatorType, domain: domain, opset: opset, inputs: node.inputs + captured,
            outputs: node.outputs, captured: captured, attributes: node.attributes)
    }

    private static func value(
        of proto: ONNXAttributeProto, in node: Node, opsets: [String: Int], limits: NetworkLimits
    ) throws(NetworkError) -> Attribute {
        switch proto.type {
        case 1: return .float(proto.f)
        case 2: return .int(Int(proto.i))
        case 3: return .string(String(decoding: proto.s, as: UTF8.self))
        case 4:
            do {
                return .tensor(try TensorReader.tensor(proto.t, place: "attribute '\(proto.name)'", limits: limits))
            } catch {
                throw node.error(error.kind, error.message)
            }
        case 5: return .graph(try SubgraphReader.read(proto.g, in: node, opsets: opsets, limits: limits))
        case 6: return .floats(proto.floats)
        case 7: return .ints(proto.ints.map(Int.init))
        case 8: return .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
        case 0: return try untyped(proto, in: node)
        default:
            throw node.error(
                .unsupported, "attribute '\(proto.name)' holds a kind (\(proto.type)) that the core does not read")
        }
    }

    /// Files from before 2017 give no type; the field that is set says it.
    private static func untyped(_ proto: ONNXAttributeProto, in node: Node) throws(NetworkError) -> Attribute {
        guard proto.g.isEmpty, !proto.hasT else {
            throw node.error(.attribute, "attribute '\(proto.name)' has no type; save the model anew")
        }
        if !proto.ints.isEmpty { return .ints(proto.ints.map(Int.init)) }
        if !proto.floats.isEmpty { return .floats(proto.floats) }
        if !proto.strings.isEmpty { return .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) }) }
        if !proto.s.isEmpty { return .string(String(decoding: proto.s, as: UTF8.self)) }
        if proto.f != 0 { return .float(proto.f) }
        return .int(Int(proto.i))
    }
}
