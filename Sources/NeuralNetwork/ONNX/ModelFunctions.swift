internal import SwiftProtobuf

/// The functions that a model defines (`ModelProto.functions`, ONNX IR "Functions"), and what their calls may come to.
struct ModelFunctions {
    /// What a node names that calls one.
    struct Name: Hashable {
        let domain, name, overload: String

        init(domain: String, name: String, overload: String) {
            self.domain = domain == "ai.onnx" ? "" : domain
            self.name = name
            self.overload = overload
        }

        init(_ function: ONNXFunctionProto) {
            self.init(domain: function.domain, name: function.name, overload: function.overload)
        }
    }

    private let functions: [Name: (proto: ONNXFunctionProto, bytes: Int)]
    /// What calls may still copy.
    private var nodesLeft = 0, bytesLeft = 0
    private var calls = 0

    /// The most bytes of bodies that calls copy, besides a copy of each: in memory they become up to thirty times as many.
    private static let mostCopiedBytes = 2 << 20

    /// None.
    init() { functions = [:] }

    init(_ protos: [ONNXFunctionProto], limits: NetworkLimits) throws(NetworkError) {
        var functions: [Name: (proto: ONNXFunctionProto, bytes: Int)] = [:]
        for proto in protos {
            let name = Name(proto), bytes = (try? proto.serializedBytes() as [UInt8])?.count ?? 0
            guard !name.name.isEmpty, functions.updateValue((proto, bytes), forKey: name) == nil else {
                throw NetworkError(.graph, "the model defines a function '\(name.domain):\(name.name)' twice, or one without a name")
            }
        }
        self.functions = functions
        nodesLeft = limits.maxNodes
        bytesLeft = ModelFunctions.mostCopiedBytes + functions.values.reduce(0) { $0 + $1.bytes }
    }

    /// The function that a node calls.
    subscript(node: ONNXNodeProto) -> ONNXFunctionProto? {
        functions.isEmpty ? nil : functions[Name(domain: node.domain, name: node.opType, overload: node.overload)]?.proto
    }

    /// Accounts for a call from within others and gives its number.
    mutating func enter(_ function: ONNXFunctionProto, node: Node, calls outer: [Name]) throws(NetworkError) -> Int {
        let name = Name(function)
        guard !outer.contains(name) else { throw node.error(.graph, "calls a function of the model from within itself") }
        nodesLeft -= function.node.count
        bytesLeft -= functions[name]?.bytes ?? 0
        guard nodesLeft >= 0, bytesLeft >= 0 else {
            throw node.error(
                .limit, "the calls of the model's functions come to more nodes or bytes than are read; export it with them inlined")
        }
        calls += 1
        return calls
    }
}
