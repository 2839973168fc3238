/// A mapping of the challenge file with the keys that it may have.
struct Section {
    /// A key that a section may have.
    struct Key {
        /// How it is written.
        var name: String
        /// The line to write where it is missing or wrong.
        var example: String
        /// Whether it has to be there.
        var isRequired: Bool

        static func required(_ name: String, _ example: String) -> Key { Key(name: name, example: example, isRequired: true) }
        static func optional(_ name: String, _ example: String) -> Key { Key(name: name, example: example, isRequired: false) }
    }

    /// How messages name the section, such as `limits`.
    var name: String
    /// Where it stands.
    var place: Place
    /// The keys that it may have.
    var keys: [Key]
    /// What it has.
    var pairs: [String: YAMLPair] = [:]

    /// The line to write for a key.
    func example(_ key: String) -> String { keys.first { $0.name == key }?.example ?? "\(key): …" }

    /// The value of a key.
    subscript(_ key: String) -> YAMLPair? { pairs[key] }
}
