internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension NodeReader {
    /// Reads the graph of a node that decides or repeats. `WireScan` has bounded its size and depth.
    mutating func subgraph(_ bytes: Data, of node: Node, in outer: NodeScope) throws(NetworkError) -> Subgraph {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 16
        options.discardUnknownFields = true
        let proto: ONNXGraphProto
        do { proto = try ONNXGraphProto(serializedBytes: bytes, options: options) } catch {
            throw node.error(.malformed, "a graph of the node does not decode (\(error))")
        }
        // In the body of a function its values have names of their own, as those of the body have.
        var scope = outer
        scope.define(proto.input.map(\.name) + proto.initializer.map(\.name) + proto.node.flatMap(\.output))
        var initializers: [String: StoredTensor] = [:]
        for tensor in proto.initializer where !tensor.name.isEmpty {
            initializers[try scope.value(tensor.name, node)] = StoredTensor(
                try TensorReader.tensor(tensor, place: "initializer '\(tensor.name)'", limits: limits))
        }
        let nodes = try nodes(proto.node, in: scope)
        let declared = try proto.input.map { (input) throws(NetworkError) in try scope.value(input.name, node) }
            .filter { initializers[$0] == nil }
        let outputs = try proto.output.map { (output) throws(NetworkError) in try scope.value(output.name, node) }
        var known = Set(declared)
        known.formUnion(initializers.keys)
        for node in nodes { known.formUnion(node.outputs) }
        var captured: [String] = []
        for name in nodes.flatMap(\.inputs) + outputs where !name.isEmpty && known.insert(name).inserted { captured.append(name) }
        // The types are those of the values that come in; nothing reads the ones stated here.
        func ports(_ names: [String]) -> [Port] { names.map { Port(name: $0, elementType: .float32, shape: nil) } }
        let graph = Graph(
            opset: scope.opsets[""] ?? 1, nodes: nodes, initializers: initializers, inputs: ports(declared + captured),
            outputs: ports(outputs), isNested: true)
        return Subgraph(graph: graph, captured: captured, limits: limits)
    }
}
