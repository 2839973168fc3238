#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Turns ONNX's `NodeProto`s into `Node`s; a call of a function that the model defines becomes the nodes of its body.
struct NodeReader {
    let limits: NetworkLimits
    private var functions: ModelFunctions

    init(_ functions: ModelFunctions = ModelFunctions(), limits: NetworkLimits) {
        self.functions = functions
        self.limits = limits
    }

    /// The nodes of a list, one after the other.
    mutating func nodes(_ protos: [ONNXNodeProto], in scope: NodeScope) throws(NetworkError) -> [Node] {
        var nodes: [Node] = []
        nodes.reserveCapacity(protos.count)
        for (index, proto) in protos.enumerated() { nodes += try self.nodes(for: proto, index: index, in: scope) }
        return nodes
    }

    /// The node, or those that it calls.
    mutating func nodes(for proto: ONNXNodeProto, index: Int, in scope: NodeScope) throws(NetworkError) -> [Node] {
        let name = scope.place + (proto.name.isEmpty ? "#\(index)" : proto.name)
        let domain = proto.domain == "ai.onnx" ? "" : proto.domain
        let function = functions[proto]
        guard let opset = function == nil ? scope.opsets[domain] : 1 else {
            throw NetworkError(
                .unsupported, node: name, operatorType: proto.opType,
                "the operator's domain '\(domain.isEmpty ? "ai.onnx" : domain)' is not among the imported operator sets")
        }
        guard proto.input.count <= 4096, proto.output.count <= 4096 else {
            throw NetworkError(
                .limit, node: name, operatorType: proto.opType, opset: opset,
                "has \(proto.input.count) inputs and \(proto.output.count) outputs; at most 4096 each are read")
        }
        var node = Node(
            name: name, operatorType: proto.opType, domain: domain, opset: opset, inputs: [], outputs: [], attributes: [:])
        let inputs = try proto.input.map { (input) throws(NetworkError) in try scope.value(input, node) }
        let outputs = try proto.output.map { (output) throws(NetworkError) in try scope.value(output, node) }
        node.attributes = try attributes(proto.attribute, of: node, in: scope)
        if let function { return try nodes(calling: function, with: Call(node: node, inputs: inputs, outputs: outputs), in: scope) }
        var captured: [String] = []
        for name in node.attributes.keys.sorted() {
            guard case .graph(let subgraph) = node.attributes[name] else { continue }
            captured += subgraph.captured.filter { !captured.contains($0) }
        }
        return [
            Node(
                name: name, operatorType: proto.opType, domain: domain, opset: opset, inputs: inputs + captured, outputs: outputs,
                captured: captured, attributes: node.attributes)
        ]
    }
}

// MARK: - Calls

extension NodeReader {
    /// A node that calls a function, with the names that its values have in the graph.
    private struct Call {
        let node: Node
        let inputs: [String]
        let outputs: [String]
    }

    /// The most bytes of a call's name before the names of the nodes in its body.
    private static let mostPlaceBytes = 200

    /// The nodes of a function's body, with names of their own for the values within.
    private mutating func nodes(
        calling function: ONNXFunctionProto, with call: Call, in scope: NodeScope
    ) throws(NetworkError) -> [Node] {
        let node = call.node
        let number = try functions.enter(function, node: node, calls: scope.calls)
        guard call.inputs.count <= function.input.count, call.outputs.count <= function.output.count else {
            throw node.error(
                .graph,
                "passes \(call.inputs.count) inputs and takes \(call.outputs.count) outputs; the model's function has "
                    + "\(function.input.count) and \(function.output.count)")
        }
        var inner = NodeScope(opsets: try ONNXReader.opsets(function.opsetImport))
        inner.calls = scope.calls + [ModelFunctions.Name(function)]
        // Of a long name the end, since every node of the body repeats it.
        inner.place = String(decoding: node.name.utf8.suffix(NodeReader.mostPlaceBytes), as: UTF8.self) + "/"
        inner.prefix = "call \(number): "
        inner.values = [:]
        inner.attributes = try attributes(function.attributeProto, of: node, in: inner).merging(node.attributes) { $1 }
        for (index, name) in function.input.enumerated() {
            guard !name.isEmpty, inner.define(name, as: index < call.inputs.count ? call.inputs[index] : "") else {
                throw node.error(.graph, "the model's function names an input '\(name)' twice, or not at all")
            }
        }
        var passed: [(from: String, to: String)] = []
        for (name, target) in zip(function.output, call.outputs) where !target.isEmpty {
            if !inner.define(name, as: target) { passed.append((try inner.value(name, node), target)) }
        }
        inner.define(function.node.flatMap(\.output))
        // What is an input of the body, or given out twice, has no producer of its own.
        let copies = passed.map { pair in
            Node(
                name: node.name, operatorType: "Identity", domain: "", opset: OperatorVersions.newest, inputs: [pair.from],
                outputs: [pair.to], attributes: [:])
        }
        return try nodes(function.node, in: inner) + copies
    }
}

// MARK: - Attributes

extension NodeReader {
    private mutating func attributes(
        _ protos: [ONNXAttributeProto], of node: Node, in scope: NodeScope
    ) throws(NetworkError) -> [String: Attribute] {
        var attributes: [String: Attribute] = [:]
        for proto in protos {
            guard attributes[proto.name] == nil else { throw node.error(.attribute, "attribute '\(proto.name)' is given twice") }
            attributes[proto.name] =
                proto.refAttrName.isEmpty ? try value(of: proto, in: node, scope) : try scope.attribute(proto, of: node)
        }
        return attributes
    }

    private mutating func value(
        of proto: ONNXAttributeProto, in node: Node, _ scope: NodeScope
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
        case 5: return .graph(try subgraph(proto.g, of: node, in: scope))
        case 6: return .floats(proto.floats)
        case 7: return .ints(proto.ints.map(Int.init))
        case 8: return .strings(proto.strings.map { String(decoding: $0, as: UTF8.self) })
        case 0: return try NodeReader.untyped(proto, in: node)
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
