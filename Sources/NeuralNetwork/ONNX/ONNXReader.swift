internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Turns the bytes of an ONNX file into a `Graph`: sizes, names and types are checked, operators are not.
enum ONNXReader {
    static func read(_ bytes: [UInt8], external: ExternalData? = nil, limits: NetworkLimits) throws(NetworkError) -> Graph {
        guard bytes.count <= limits.maxFileBytes else {
            throw NetworkError(.limit, "the ONNX file has \(bytes.count) bytes; at most \(limits.maxFileBytes) are read")
        }
        try WireScan.check(bytes, limits: limits)
        let model = try decode(bytes)
        guard model.hasGraph else {
            throw NetworkError(.malformed, "the file holds no graph (\(bytes.count) bytes): it is empty or not an ONNX model")
        }
        guard model.functions.isEmpty else {
            throw NetworkError(.unsupported, "the model defines functions of its own; export it with them inlined")
        }
        return try graph(model.graph, external, opsets: try opsets(model), limits: limits)
    }

    private static func decode(_ bytes: [UInt8]) throws(NetworkError) -> ONNXModelProto {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = 16
        options.discardUnknownFields = true
        do {
            return try ONNXModelProto(serializedBytes: bytes, options: options)
        } catch {
            throw NetworkError(.malformed, "not an ONNX file: its fields do not decode (\(error))")
        }
    }

    /// The version of each imported operator set; the default domain is the empty string.
    private static func opsets(_ model: ONNXModelProto) throws(NetworkError) -> [String: Int] {
        var versions: [String: Int] = [:]
        for entry in model.opsetImport {
            let domain = entry.domain == "ai.onnx" ? "" : entry.domain
            guard (1...10_000).contains(entry.version) else {
                throw NetworkError(.malformed, "operator set '\(domain)' has version \(entry.version); expected a number from 1")
            }
            versions[domain] = Int(entry.version)
        }
        // Files older than operator sets have none; ONNX reads that as version 1.
        if model.opsetImport.isEmpty { versions[""] = 1 }
        return versions
    }

    private static func graph(
        _ proto: ONNXGraphProto, _ external: ExternalData?, opsets: [String: Int], limits: NetworkLimits
    ) throws(NetworkError) -> Graph {
        guard proto.sparseInitializer.isEmpty else {
            throw NetworkError(.unsupported, "the graph has sparse initializers; export it with dense weights")
        }
        var initializers: [String: Tensor] = [:]
        var external = ExternalDataReader(external)
        for tensor in proto.initializer {
            let place = "initializer '\(tensor.name)'"
            guard !tensor.name.isEmpty, initializers[tensor.name] == nil else {
                throw NetworkError(.graph, "\(place): the name is \(tensor.name.isEmpty ? "empty" : "given twice")")
            }
            let completed = try external.completed(tensor, place: place)
            initializers[tensor.name] = try TensorReader.tensor(completed, place: place, limits: limits)
        }
        try external.checkOverlaps()
        var inputs: [Port] = []
        for input in proto.input where initializers[input.name] == nil { inputs.append(try port(input, limits: limits)) }
        var outputs: [Port] = []
        for output in proto.output { outputs.append(try port(output, limits: limits)) }
        guard !outputs.isEmpty else { throw NetworkError(.graph, "the graph has no outputs") }
        var nodes: [Node] = []
        nodes.reserveCapacity(proto.node.count)
        for (index, node) in proto.node.enumerated() {
            nodes.append(try NodeReader.node(node, index: index, opsets: opsets, limits: limits))
        }
        return Graph(opset: opsets[""] ?? 1, nodes: nodes, initializers: initializers, inputs: inputs, outputs: outputs)
    }

    private static func port(_ proto: ONNXValueInfoProto, limits: NetworkLimits) throws(NetworkError) -> Port {
        guard !proto.name.isEmpty else { throw NetworkError(.graph, "an input or output of the graph has no name") }
        guard proto.hasType, proto.type.hasTensorType else {
            throw NetworkError(.unsupported, "'\(proto.name)' is not a dense tensor; only tensors can go in and out")
        }
        let tensor = proto.type.tensorType
        let type = try TensorReader.elementType(tensor.elemType, place: "'\(proto.name)'")
        guard tensor.hasShape else { return Port(name: proto.name, elementType: type, shape: nil) }
        guard tensor.shape.dim.count <= limits.maxRank else {
            throw NetworkError(.limit, "'\(proto.name)' has \(tensor.shape.dim.count) axes; at most \(limits.maxRank) are read")
        }
        var shape: [Dimension] = []
        for dimension in tensor.shape.dim {
            if !dimension.dimParam.isEmpty {
                shape.append(.symbolic(dimension.dimParam))
            } else if dimension.hasDimValue, dimension.dimValue != 0 {
                guard dimension.dimValue > 0, dimension.dimValue <= Int64(TensorReader.largestExtent) else {
                    throw NetworkError(
                        .malformed, "'\(proto.name)' declares an extent of \(dimension.dimValue); expected a positive number")
                }
                shape.append(.fixed(Int(dimension.dimValue)))
            } else {
                shape.append(.unknown)
            }
        }
        return Port(name: proto.name, elementType: type, shape: shape)
    }
}
