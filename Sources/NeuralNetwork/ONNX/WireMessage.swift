/// The messages of an ONNX file that are walked before it is decoded, and which of their fields are kept.
enum WireMessage {
    case model, function, graph, node, attribute, tensor, valueInfo, type, tensorType, shape

    /// The message in a field; `nil` if its bytes are not walked.
    func nested(in field: UInt64) -> WireMessage? {
        switch (self, field) {
        case (.model, 7): .graph
        case (.model, 25): .function
        case (.graph, 1), (.function, 7): .node
        case (.graph, 5), (.attribute, 5): .tensor
        case (.attribute, 6): .graph
        case (.graph, 11), (.graph, 12): .valueInfo
        case (.node, 5), (.function, 11): .attribute
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
        case .model: field == 8 ? .whole : .dropped
        case .function: [1, 4, 5, 6, 9, 10, 13].contains(field) ? .whole : .dropped
        case .graph: field == 15 ? .marked : .dropped
        case .node: [1, 2, 3, 4, 7, 8].contains(field) ? .whole : .dropped
        case .attribute: [1, 4, 7, 8, 9, 21].contains(field) ? .whole : .dropped
        case .tensor: [1, 3, 4, 5, 7, 8, 9, 10, 11, 13].contains(field) ? .whole : .dropped
        case .valueInfo, .shape: field == 1 ? .whole : .dropped
        case .type, .tensorType: .dropped
        }
    }

    /// The kind of a tensor's field that holds its elements.
    func elements(_ field: UInt64) -> StoredElements.Form? {
        guard self == .tensor else { return nil }
        return switch field {
        case 4: .floats
        case 5: .integers32
        case 7: .integers64
        case 9: .raw
        case 10: .doubles
        case 11: .naturals64
        default: nil
        }
    }
}

/// Where the elements of a weight lie in its file.
struct StoredElements: Sendable, Equatable {
    /// How the file calls them.
    enum Form {
        /// Little-endian, as they lie in memory.
        case raw, floats, doubles
        /// Whole numbers in one to ten bytes each: `int32_data`, which also lists the bits of smaller types, `int64_data`, `uint64_data`.
        case integers32, integers64, naturals64

        /// Whether elements have bytes of their own number.
        var isPacked: Bool {
            switch self {
            case .raw, .floats, .doubles: false
            case .integers32, .integers64, .naturals64: true
            }
        }
    }

    let form: Form
    let bytes: Range<Int>
}
