/// One node of a graph. An empty input or output name means that it is left out.
struct Node: Sendable {
    let name: String
    let operatorType: String
    let domain: String
    /// The version of the operator set of the node's domain.
    let opset: Int
    let inputs: [String]
    let outputs: [String]
    /// The values of the surrounding graphs that the node's own graphs read; they are the last of `inputs`.
    var captured: [String] = []
    var attributes: [String: Attribute]

    /// An error that names the node.
    func error(_ kind: NetworkError.Kind, _ message: String) -> NetworkError {
        NetworkError(kind, node: name, operatorType: operatorType, opset: opset, message)
    }
}

extension Node {
    /// The largest magnitude of an integer attribute that takes part in arithmetic with extents.
    private static let largestInteger = 1 << 31

    /// Refuses a node with other attributes than these: one that is not known may change the result.
    func allow(_ names: String...) throws(NetworkError) {
        for name in attributes.keys.sorted() where !names.contains(name) && !(name == "consumed_inputs" && opset < 6) {
            throw error(.unsupported, "attribute '\(name)' is not known for this operator and opset")
        }
    }

    /// Refuses a node with fewer or more inputs or outputs.
    func expect(inputs expectedInputs: ClosedRange<Int>, outputs expectedOutputs: ClosedRange<Int> = 1...1) throws(NetworkError) {
        guard expectedInputs.contains(inputs.count) else {
            throw error(.graph, "has \(inputs.count) inputs; expected \(Node.text(expectedInputs))")
        }
        if let absent = inputs.prefix(expectedInputs.lowerBound).firstIndex(of: "") {
            throw error(.graph, "leaves out input \(absent), which the operator needs")
        }
        guard expectedOutputs.contains(outputs.count), outputs.contains(where: { !$0.isEmpty }) else {
            throw error(.graph, "has \(outputs.count) outputs; expected \(Node.text(expectedOutputs))")
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }

    /// An integer attribute; `nil` if it is not there.
    func int(_ name: String) throws(NetworkError) -> Int? {
        guard let attribute = attributes[name] else { return nil }
        guard case .int(let value) = attribute else { throw wrongKind(name, attribute, "an integer") }
        return try checked(value, name)
    }

    /// A list of integers; `nil` if it is not there.
    func ints(_ name: String) throws(NetworkError) -> [Int]? {
        guard let attribute = attributes[name] else { return nil }
        guard case .ints(let values) = attribute else { throw wrongKind(name, attribute, "integers") }
        var result: [Int] = []
        for value in values { result.append(try checked(value, name)) }
        return result
    }

    /// A number; `nil` if it is not there.
    func float(_ name: String) throws(NetworkError) -> Float? {
        guard let attribute = attributes[name] else { return nil }
        guard case .float(let value) = attribute else { throw wrongKind(name, attribute, "a number") }
        return value
    }

    /// A list of numbers; `nil` if it is not there.
    func floats(_ name: String) throws(NetworkError) -> [Float]? {
        guard let attribute = attributes[name] else { return nil }
        guard case .floats(let values) = attribute else { throw wrongKind(name, attribute, "numbers") }
        return values
    }

    /// A list of strings; `nil` if it is not there.
    func strings(_ name: String) throws(NetworkError) -> [String]? {
        guard let attribute = attributes[name] else { return nil }
        guard case .strings(let values) = attribute else { throw wrongKind(name, attribute, "strings") }
        return values
    }

    /// A string; `nil` if it is not there.
    func string(_ name: String) throws(NetworkError) -> String? {
        guard let attribute = attributes[name] else { return nil }
        guard case .string(let value) = attribute else { throw wrongKind(name, attribute, "a string") }
        return value
    }

    /// A flag stored as 0 or 1; false if it is not there.
    func flag(_ name: String) throws(NetworkError) -> Bool { try int(name) ?? 0 != 0 }

    private func wrongKind(_ name: String, _ attribute: Attribute, _ expected: String) -> NetworkError {
        error(.attribute, "attribute '\(name)' is \(attribute.kind); expected \(expected)")
    }

    private func checked(_ value: Int, _ name: String) throws(NetworkError) -> Int {
        // ONNX writes "to the end" and "from the start" as the largest and smallest integers.
        if value == .max || value == .min { return value < 0 ? -Node.largestInteger : Node.largestInteger }
        guard abs(value) <= Node.largestInteger else {
            throw error(.attribute, "attribute '\(name)' holds \(value); expected a magnitude of at most \(Node.largestInteger)")
        }
        return value
    }
}
