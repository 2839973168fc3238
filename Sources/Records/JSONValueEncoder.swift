/// A JSON document under construction; a class because `Codable`'s containers write into shared places.
private final class JSONNode {
    enum Content {
        case empty
        case value(JSONValue)
        case array([JSONNode])
        case object([String: JSONNode])
    }

    var content = Content.empty

    var json: JSONValue {
        switch content {
        case .empty: .object([:])
        case .value(let value): value
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(members.mapValues(\.json))
        }
    }

    func appendElement() -> JSONNode {
        let element = JSONNode()
        guard case .array(var elements) = content else { return element }
        content = .empty
        elements.append(element)
        content = .array(elements)
        return element
    }

    func addMember(_ key: String) -> JSONNode {
        let member = JSONNode()
        guard case .object(var members) = content else { return member }
        content = .empty
        members[key] = member
        content = .object(members)
        return member
    }

    var elementCount: Int {
        if case .array(let elements) = content { elements.count } else { 0 }
    }
}

/// Values without an order of their own, whose written form would differ from run to run.
private protocol Unordered {
    static var isOrdered: Bool { get }
}

extension Set: Unordered {
    static var isOrdered: Bool { false }
}

extension Dictionary: Unordered {
    // Only these keys become members of an object, which the writer sorts; others become a list in the order of hashing.
    static var isOrdered: Bool { Key.self == String.self || Key.self == Int.self || Key.self is any CodingKeyRepresentable.Type }
}

/// Turns `Encodable` values into JSON documents.
struct JSONValueEncoder: Encoder {
    private let node: JSONNode
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]

    private init(node: JSONNode, codingPath: [any CodingKey]) {
        self.node = node
        self.codingPath = codingPath
    }

    static func json(of value: some Encodable) throws -> JSONValue {
        let root = JSONNode()
        try encode(value, into: root, at: [])
        return root.json
    }

    private static func encode(_ value: some Encodable, into node: JSONNode, at path: [any CodingKey]) throws {
        if let json = value as? JSONValue {
            node.content = .value(json)
            return
        }
        if let unordered = type(of: value) as? any Unordered.Type, !unordered.isOrdered {
            throw RecordsError.notEncodable(
                place: JSONPlace.text(path), found: "a \(type(of: value)), which has no order", expected: "a sorted list")
        }
        try value.encode(to: JSONValueEncoder(node: node, codingPath: path))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = node.content {} else { node.content = .object([:]) }
        return KeyedEncodingContainer(Keyed<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = node.content {} else { node.content = .array([]) }
        return Unkeyed(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }

    // The containers below pass every value on to its own `encode(to:)`; plain values end in `Single`.

    private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: JSONNode
        let codingPath: [any CodingKey]

        func encodeNil(forKey key: Key) { node.addMember(key.stringValue).content = .value(.null) }

        func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
            try JSONValueEncoder.encode(value, into: node.addMember(key.stringValue), at: codingPath + [key])
        }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
            encoder(forKey: key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(forKey: key).unkeyedContainer() }

        func superEncoder() -> any Encoder { encoder(forKey: JSONKey("super")) }

        func superEncoder(forKey key: Key) -> any Encoder { encoder(forKey: key) }

        private func encoder(forKey key: some CodingKey) -> JSONValueEncoder {
            JSONValueEncoder(node: node.addMember(key.stringValue), codingPath: codingPath + [key])
        }
    }

    private struct Unkeyed: UnkeyedEncodingContainer {
        let node: JSONNode
        let codingPath: [any CodingKey]
        var count: Int { node.elementCount }

        func encodeNil() { node.appendElement().content = .value(.null) }

        func encode<T: Encodable>(_ value: T) throws {
            let path = codingPath + [JSONKey(count)]
            try JSONValueEncoder.encode(value, into: node.appendElement(), at: path)
        }

        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            encoder().container(keyedBy: type)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

        func superEncoder() -> any Encoder { encoder() }

        private func encoder() -> JSONValueEncoder {
            let path = codingPath + [JSONKey(count)]
            return JSONValueEncoder(node: node.appendElement(), codingPath: path)
        }
    }

    private struct Single: SingleValueEncodingContainer {
        let node: JSONNode
        let codingPath: [any CodingKey]

        func encodeNil() { node.content = .value(.null) }
        func encode(_ value: Bool) { node.content = .value(.bool(value)) }
        func encode(_ value: String) { node.content = .value(.string(value)) }
        func encode(_ value: Double) throws { try number(value) }
        func encode(_ value: Float) throws { try number(Double(value)) }
        func encode(_ value: Int) throws { try integer(value) }
        func encode(_ value: Int8) throws { try integer(value) }
        func encode(_ value: Int16) throws { try integer(value) }
        func encode(_ value: Int32) throws { try integer(value) }
        func encode(_ value: Int64) throws { try integer(value) }
        func encode(_ value: Int128) throws { try integer(value) }
        func encode(_ value: UInt) throws { try integer(value) }
        func encode(_ value: UInt8) throws { try integer(value) }
        func encode(_ value: UInt16) throws { try integer(value) }
        func encode(_ value: UInt32) throws { try integer(value) }
        func encode(_ value: UInt64) throws { try integer(value) }
        func encode(_ value: UInt128) throws { try integer(value) }

        func encode<T: Encodable>(_ value: T) throws { try JSONValueEncoder.encode(value, into: node, at: codingPath) }

        private func number(_ value: Double) throws {
            guard value.isFinite else {
                throw RecordsError.notEncodable(
                    place: JSONPlace.text(codingPath), found: "\(value)", expected: "a finite number or null")
            }
            node.content = .value(.number(value))
        }

        private func integer(_ value: some BinaryInteger) throws {
            guard let integer = Int64(exactly: value), ECMAScriptNumber.text(integer) != nil else {
                throw RecordsError.notEncodable(
                    place: JSONPlace.text(codingPath), found: "\(value)",
                    expected: "an integer up to 2^53 (9007199254740992), or a text")
            }
            node.content = .value(.integer(integer))
        }
    }
}

/// A step into a list, or into a member that no type has named.
struct JSONKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ index: Int) {
        stringValue = String(index)
        intValue = index
    }

    init(_ name: String) {
        stringValue = name
        intValue = nil
    }

    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { self.init(intValue) }
}
