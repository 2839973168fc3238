/// What is wrong with a network, its input, or the wish to run the one on the other.
public struct NetworkError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of mistake.
    public enum Kind: String, Sendable {
        /// The bytes are not an ONNX model, or contradict themselves.
        case malformed
        /// Weights lie in another file, which was not given or is not the one that the graph names.
        case elsewhere
        /// The file or a tensor is larger than the limits allow.
        case limit
        /// The graph is not one: a cycle, a name without a producer, a name produced twice.
        case graph
        /// The core does not have this operator, or not in this opset, or not with this element type.
        case unsupported
        /// An attribute is missing, has another type, or a value without meaning.
        case attribute
        /// Shapes or values of tensors do not fit the operator.
        case shape
        /// A shape depends on values that only a run has, so that nothing can be said before it.
        case unknownBeforeRun
        /// What was passed to `run` is not what the network's inputs ask for.
        case input
        /// The core disagrees with itself; please report it.
        case internalFault
    }

    /// The most characters of a message.
    private static let longest = 1000
    /// The most bytes of a name.
    private static let longestName = 500

    /// The kind of mistake.
    public let kind: Kind
    /// The node's name, or `#12` for the node at index 12, counted from 0, if it has no name; `nil` where no node is to blame.
    public let node: String?
    /// The operator, such as `Conv`; `nil` where no node is to blame.
    public let operatorType: String?
    /// The version of the operator set that the file imports; `nil` where it is not known yet.
    public let opset: Int?
    /// What was found, what was expected and what to do.
    public let message: String

    /// Makes an error.
    public init(_ kind: Kind, node: String? = nil, operatorType: String? = nil, opset: Int? = nil, _ message: String) {
        self.kind = kind
        self.node = node.map(NetworkError.name)
        self.operatorType = operatorType.map(NetworkError.name)
        self.opset = opset
        // Lists of numbers that a file holds may be long.
        self.message = message.utf8.count <= NetworkError.longest ? message : message.prefix(NetworkError.longest) + " …"
    }

    /// A name as far as it helps to find what it names.
    private static func name(_ text: String) -> String {
        text.utf8.count <= longestName ? text : String(decoding: text.utf8.prefix(longestName), as: UTF8.self) + " …"
    }

    /// Place and message in one line.
    public var description: String {
        guard let node, let operatorType else { return message }
        return "node \(node) (\(operatorType)\(opset.map { ", opset \($0)" } ?? "")): \(message)"
    }
}
