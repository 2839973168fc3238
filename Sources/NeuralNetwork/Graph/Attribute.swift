/// The value of a node's attribute.
enum Attribute: Sendable {
    case int(Int)
    case float(Float)
    case string(String)
    case tensor(Tensor)
    case ints([Int])
    case floats([Float])
    case strings([String])
    case graph(Subgraph)

    /// The kind, for messages.
    var kind: String {
        switch self {
        case .int: "an integer"
        case .float: "a number"
        case .string: "a string"
        case .tensor: "a tensor"
        case .ints: "integers"
        case .floats: "numbers"
        case .strings: "strings"
        case .graph: "a graph"
        }
    }
}
