/// What the names in a list of nodes mean: in the graph of a file itself, or in the body of one of its functions.
struct NodeScope {
    /// The version of each imported operator set; the default domain is the empty string.
    let opsets: [String: Int]
    /// What stands before the names of nodes, for messages.
    var place = ""
    /// The functions that are being called, the outermost first.
    var calls: [ModelFunctions.Name] = []
    /// In the body of a function what stands before the names of its own values.
    var prefix = ""
    /// In the body of a function the values that it knows, by its names for them; `nil` in the graph, where names are what they are.
    var values: [String: String]?
    /// In the body of a function the attributes of the call.
    var attributes: [String: Attribute] = [:]

    init(opsets: [String: Int]) { self.opsets = opsets }

    /// The name in the graph of a value; an empty one, of what is left out, is empty there too.
    func value(_ name: String, _ node: Node) throws(NetworkError) -> String {
        guard let values, !name.isEmpty else { return name }
        guard let value = values[name] else {
            throw node.error(.graph, "names '\(name)', which nothing in its function produces")
        }
        return value
    }

    /// Gives a value of a body the name that it has in the graph; false if it has one already.
    mutating func define(_ name: String, as value: String) -> Bool {
        guard values?[name] == nil else { return false }
        values?[name] = value
        return true
    }

    /// Gives the values of a body that have no name in the graph yet one of their own.
    mutating func define(_ names: [String]) {
        for name in names where !name.isEmpty { _ = define(name, as: prefix + name) }
    }

    /// The attribute of the call that one of a node in the body stands for; `nil` if the call has none, so that the operator's default holds.
    func attribute(_ proto: ONNXAttributeProto, of node: Node) throws(NetworkError) -> Attribute? {
        guard values != nil else {
            throw node.error(
                .attribute, "attribute '\(proto.name)' refers to '\(proto.refAttrName)' of a function's call, but stands in none")
        }
        return attributes[proto.refAttrName]
    }
}
