/// The messages of an ONNX file that are walked before it is decoded, and which of their fields are kept.
enum WireMessage {
    case model, graph, node, attribute, tensor, valueInfo, type, tensorType, shape

    /// The message in a field; `nil` if its bytes are not walked.
    func nested(in field: UInt64) -> WireMessage? {
        switch (self, field) {
        case (.model, 7): .graph
        case (.graph, 1): .node
        case (.graph, 5), (.attribute, 5): .tensor
        case (.attribute, 6): .graph
        case (.graph, 11), (.graph, 12): .valueInfo
        case (.node, 5): .attribute
        case (.valueInfo, 2): .type
        case (.type, 1): .tensorType
        case (.tensorType, 2): .shape
        default: nil
        }
    }

    /// Fields whose bytes are packed numbers, which take eight times their room in memory.
    func isPacked(_ field: UInt64) -> Bool {
        switch (self, field) {
        case (.tensor, 1), (.tensor, 5), (.tensor, 7), (.tensor, 11), (.attribute, 8): true
        default: false
        }
    }

    /// What becomes of the bytes of a field that is no walked message.
    enum Keeping {
        /// They are needed.
        case whole
        /// That there are some is enough to refuse the file.
        case marked
        /// They say nothing about what is computed: documentation, types of values inside the graph.
        case dropped
    }

    func keeping(_ field: UInt64) -> Keeping {
        switch self {
        case .model: field == 8 ? .whole : field == 25 ? .marked : .dropped
        case .graph: field == 15 ? .marked : .dropped
        case .node: [1, 2, 3, 4, 7].contains(field) ? .whole : .dropped
        case .attribute: [1, 4, 7, 8, 9].contains(field) ? .whole : .dropped
        case .tensor: [1, 3, 4, 5, 7, 8, 9, 10, 11, 13].contains(field) ? .whole : .dropped
        case .valueInfo, .shape: field == 1 ? .whole : .dropped
        case .type, .tensorType: .dropped
        }
    }

    /// The kind of a tensor's field that holds its elements as they lie in memory.
    func elements(_ field: UInt64) -> StoredElements.Form? {
        guard self == .tensor else { return nil }
        return field == 9 ? .raw : field == 4 ? .floats : field == 10 ? .doubles : nil
    }
}

/// Where the elements of a weight lie in its file.
struct StoredElements: Sendable, Equatable {
    /// How the file calls them; all are little-endian.
    enum Form { case raw, floats, doubles }

    let form: Form
    let bytes: Range<Int>
}
