internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Turns an ONNX file into a `Graph`: sizes, names and types are checked, operators are not; weights are not read.
enum ONNXReader {
    /// The most inputs without a value of their own, and outputs.
    private static let mostPorts = 1024
    /// The most bytes of the name of one, which reports repeat.
    private static let mostNameBytes = 1024
    /// Numbers that exporters write for extents that are free.
    private static let freeExtents: [Int64] = [0, -1]

    static func read(_ source: ByteSource, external: ExternalData? = nil, limits: NetworkLimits) throws(NetworkError) -> Graph {
        guard source.count <= limits.maxFileBytes else {
            throw NetworkError(.limit, "the ONNX file has \(source.count) bytes; at most \(limits.maxFileBytes) are read")
        }
        try ForeignFile.refuse(source)
        let skeleton = try WireScan.skeleton(of: source, limits: limits)
        let model = try decode(skeleton.bytes)
        guard model.hasGraph else {
            throw NetworkError(.malformed, "the file holds no graph (\(source.count) bytes): it is empty or not an ONNX model")
        }
        let weights = try weights(model.graph, skeleton.elements, in: source, external, limits)
        let constants = ConstantReader(elements: skeleton.attributes, source: source, limits: limits)
        let reader = NodeReader(try ModelFunctions(model.functions, limits: limits), limits: limits)
        // Files older than operator sets have none; ONNX reads that as version 1.
        let opsets = model.opsetImport.isEmpty ? ["": 1] : try opsets(model.opsetImport)
        return try graph(model.graph, weights, constants, reader, opsets: opsets, limits: limits)
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
    static func opsets(_ imports: [ONNXOperatorSetIdProto]) throws(NetworkError) -> [String: Int] {
        var versions: [String: Int] = [:]
        for entry in imports {
            let domain = entry.domain == "ai.onnx" ? "" : entry.domain
            guard (1...10_000).contains(entry.version) else {
                throw NetworkError(.malformed, "operator set '\(domain)' has version \(entry.version); expected 1 to 10000")
            }
            versions[domain] = Int(entry.version)
        }
        return versions
    }

    private static func weights(
        _ proto: ONNXGraphProto, _ elements: [StoredElements?], in source: ByteSource, _ external: ExternalData?, _ limits: NetworkLimits
    ) throws(NetworkError) -> [String: StoredTensor] {
        guard proto.sparseInitializer.isEmpty else {
            throw NetworkError(.unsupported, "the graph has sparse initializers; export it with dense weights")
        }
        guard elements.count == proto.initializer.count else {
            throw NetworkError(.internalFault, "\(elements.count) weights were found, \(proto.initializer.count) decoded")
        }
        var weights: [String: StoredTensor] = [:]
        var external = ExternalDataReader(external)
        for (tensor, elements) in zip(proto.initializer, elements) {
            let place = "initializer '\(tensor.name)'"
            guard !tensor.name.isEmpty, weights[tensor.name] == nil else {
                throw NetworkError(.graph, "\(place): the name is \(tensor.name.isEmpty ? "empty" : "given twice")")
            }
            if let stored = try external.tensor(tensor, place: place, limits: limits) {
                weights[tensor.name] = stored
            } else if let elements, tensor.dataLocation == 0, tensor.rawData.isEmpty {
                weights[tensor.name] = try TensorReader.tensor(tensor, elements: elements, in: source, place: place, limits: limits)
            } else {
                weights[tensor.name] = StoredTensor(try TensorReader.tensor(tensor, place: place, limits: limits))
            }
        }
        try external.checkOverlaps()
        return weights
    }

    private static func graph(
        _ proto: ONNXGraphProto, _ weights: [String: StoredTensor], _ constants: ConstantReader, _ reader: NodeReader,
        opsets: [String: Int], limits: NetworkLimits
    ) throws(NetworkError) -> Graph {
        var inputs: [Port] = []
        for input in proto.input where weights[input.name] == nil { inputs.append(try port(input, limits: limits)) }
        var outputs: [Port] = []
        for output in proto.output { outputs.append(try port(output, limits: limits)) }
        guard inputs.count <= mostPorts, outputs.count <= mostPorts else {
            throw NetworkError(
                .limit, "the graph has \(inputs.count) inputs and \(outputs.count) outputs; at most \(mostPorts) each are read")
        }
        guard !outputs.isEmpty else { throw NetworkError(.graph, "the graph has no outputs") }
        var nodes: [Node] = []
        nodes.reserveCapacity(proto.node.count)
        var weights = weights, reader = reader
        let scope = NodeScope(opsets: opsets)
        for (index, node) in proto.node.enumerated() {
            if let (name, weight) = try constants.weight(node, index: index) {
                guard weights.updateValue(weight, forKey: name) == nil else {
                    throw NetworkError(.graph, node: "#\(index)", operatorType: node.opType, "the value '\(name)' is defined twice")
                }
                continue
            }
            nodes += try reader.nodes(for: node, index: index, in: scope)
        }
        return Graph(opset: opsets[""] ?? 1, nodes: nodes, initializers: weights, inputs: inputs, outputs: outputs)
    }

    private static func port(_ proto: ONNXValueInfoProto, limits: NetworkLimits) throws(NetworkError) -> Port {
        guard !proto.name.isEmpty else { throw NetworkError(.graph, "an input or output of the graph has no name") }
        guard proto.name.utf8.count <= mostNameBytes else {
            throw NetworkError(
                .limit, "an input or output has a name of \(proto.name.utf8.count) bytes; at most \(mostNameBytes) are read")
        }
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
            } else if dimension.hasDimValue, !freeExtents.contains(dimension.dimValue) {
                guard dimension.dimValue > 0, dimension.dimValue <= Int64(TensorReader.largestExtent) else {
                    throw NetworkError(
                        .malformed,
                        "'\(proto.name)' declares an extent of \(dimension.dimValue); expected a number from 1 to "
                            + "\(TensorReader.largestExtent), or -1 for any")
                }
                shape.append(.fixed(Int(dimension.dimValue)))
            } else {
                shape.append(.unknown)
            }
        }
        return Port(name: proto.name, elementType: type, shape: shape)
    }
}
