/// A position in a file, from 1; columns count characters.
struct Place: Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: Place, right: Place) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// A piece of a YAML file with its place: a text, a list or a mapping.
///
/// Texts are kept as they stand in the file: what a text means (a number, a time, a quantity) is decided by the key that it belongs to,
/// never by its looks, so that `no`, `1e3` and `2026-12-01` are not turned into something else on the way.
struct YAMLValue {
    /// What the piece is.
    enum Content {
        /// A scalar; `isEmpty` texts include `~` and `null` without quotes.
        case text(String)
        case list([YAMLValue])
        case mapping([YAMLPair])
    }

    var place: Place
    var content: Content

    /// What it is, in words for a message.
    var kindText: String {
        switch content {
        case .text(let text): text.isEmpty ? "nothing" : Quoting.quoted(text)
        case .list: "a list"
        case .mapping: "a mapping (`key: value` pairs)"
        }
    }
}

/// A key of a mapping with its value.
struct YAMLPair {
    var key: String
    var place: Place
    var value: YAMLValue
}
