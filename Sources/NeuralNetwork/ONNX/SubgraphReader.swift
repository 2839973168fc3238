internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Reads the graph of a node that decides or repeats. `WireScan` has bounded its size and depth.
enum SubgraphReader {
    static func read(_ bytes: Data, in node: Node, opsets: [String: Int], limits: NetworkLimits) throws(NetworkError) -> Subgraph {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 16
        options.discardUnknownFields = true
        let proto: ONNXGraphProto
        do { proto = try ONNXGraphProto(serializedBytes: bytes, options: options) } catch {
            throw node.error(.malformed, "a graph of the node does not decode (\(error))")
        }
        var initializers: [String: StoredTensor] = [:]
        for tensor in proto.initializer where !tensor.name.isEmpty {
            initializers[tensor.name] = StoredTensor(
                try TensorReader.tensor(tensor, place: "initializer '\(tensor.name)'", limits: limits))
        }
        var nodes: [Node] = []
        for (index, inner) in proto.node.enumerated() {
            nodes.append(try NodeReader.node(inner, index: index, opsets: opsets, limits: limits))
        }
        let declared = proto.input.map(\.name).filter { initializers[$0] == nil }
        var known = Set(declared)
        known.formUnion(initializers.keys)
        for node in nodes { known.formUnion(node.outputs) }
        var captured: [String] = []
        for name in nodes.flatMap(\.inputs) + proto.output.map(\.name) where !name.isEmpty && known.insert(name).inserted {
            captured.append(name)
        }
        // The types are those of the values that come in; nothing reads the ones stated here.
        func ports(_ names: [String]) -> [Port] { names.map { Port(name: $0, elementType: .float32, shape: nil) } }
        let graph = Graph(
            opset: opsets[""] ?? 1, nodes: nodes, initializers: initializers, inputs: ports(declared + captured),
            outputs: ports(proto.output.map(\.name)), isNested: true)
        return Subgraph(graph: graph, captured: captured, limits: limits)
    }
}
