/// Notes which members of which objects a type has asked for, to find those that it does not know; a class because
/// `Codable`'s containers are copied freely.
private final class JSONLedger {
    private(set) var opened: [String: (path: [any CodingKey], members: Set<String>, asked: Set<String>)] = [:]

    func open(_ members: [String: JSONValue], at path: [any CodingKey]) {
        let key = id(of: path)
        guard opened[key] == nil else { return }
        opened[key] = (path, Set(members.keys), [])
    }

    func ask(_ member: String, at path: [any CodingKey]) {
        opened[id(of: path)]?.asked.insert(member)
    }

    /// The first object, in the order of places, with a member that nobody asked for.
    var unknown: (path: [any CodingKey], member: String)? {
        for (_, object) in opened.sorted(by: { $0.key < $1.key }) {
            if let member = object.members.subtracting(object.asked).min() { return (object.path, member) }
        }
        return nil
    }

    private func id(of path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: "\u{0}") }
}

/// Reads `Decodable` values from JSON documents.
struct JSONValueDecoder: Decoder {
    private let json: JSONValue
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private let ledger: JSONLedger?

    private init(json: JSONValue, codingPath: [any CodingKey], ledger: JSONLedger?) {
        self.json = json
        self.codingPath = codingPath
        self.ledger = ledger
    }

    static func decode<T: Decodable>(_ type: T.Type, from json: JSONValue, allowsUnknownMembers: Bool) throws -> T {
        let ledger = allowsUnknownMembers ? nil : JSONLedger()
        let value = try JSONValueDecoder(json: json, codingPath: [], ledger: ledger).decode(type)
        if let unknown = ledger?.unknown {
            throw RecordsError.mismatch(
                place: JSONPlace.text(unknown.path), found: "the unknown member “\(unknown.member)”", expected: "only members of \(T.self)")
        }
        return value
    }

    private func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if T.self == JSONValue.self, let value = json as? T { return value }
        return try T(from: self)
    }

    private func mismatch(expected: String) -> RecordsError {
        .mismatch(place: JSONPlace.text(codingPath), found: json.kind, expected: expected)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = json else { throw mismatch(expected: "an object") }
        ledger?.open(members, at: codingPath)
        return KeyedDecodingContainer(Keyed<Key>(members: members, codingPath: codingPath, ledger: ledger))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = json else { throw mismatch(expected: "a list") }
        return Unkeyed(elements: elements, codingPath: codingPath, ledger: ledger)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

    // The containers below hand every value to its own `init(from:)`; plain values end in `Single`.

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: [String: JSONValue]
        let codingPath: [any CodingKey]
        let ledger: JSONLedger?

        var allKeys: [Key] { members.keys.sorted().compactMap(Key.init(stringValue:)) }

        func contains(_ key: Key) -> Bool {
            ledger?.ask(key.stringValue, at: codingPath)
            return members[key.stringValue] != nil
        }

        func decodeNil(forKey key: Key) throws -> Bool { try decoder(forKey: key).json == .null }

        func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(forKey: key).decode(type) }

        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { try decoder(forKey: key).container(keyedBy: type) }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try decoder(forKey: key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder { try decoder(forKey: JSONKey("super")) }

        func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(forKey: key) }

        private func decoder(forKey key: some CodingKey) throws -> JSONValueDecoder {
            ledger?.ask(key.stringValue, at: codingPath)
            guard let member = members[key.stringValue] else {
                throw RecordsError.mismatch(
                    place: JSONPlace.text(codingPath), found: "no member “\(key.stringValue)”", expected: "this member")
            }
            return JSONValueDecoder(json: member, codingPath: codingPath + [key], ledger: ledger)
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        let elements: [JSONValue]
        let codingPath: [any CodingKey]
        let ledger: JSONLedger?
        var currentIndex = 0
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex == elements.count }

        init(elements: [JSONValue], codingPath: [any CodingKey], ledger: JSONLedger?) {
            self.elements = elements
            self.codingPath = codingPath
            self.ledger = ledger
        }

        mutating func decodeNil() throws -> Bool {
            guard try decoder().json == .null else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
            let value = try decoder().decode(type)
            currentIndex += 1
            return value
        }

        mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
            try superDecoder().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try superDecoder().unkeyedContainer() }

        mutating func superDecoder() throws -> any Decoder {
            let decoder = try decoder()
            currentIndex += 1
            return decoder
        }

        private func decoder() throws -> JSONValueDecoder {
            guard !isAtEnd else {
                throw RecordsError.mismatch(
                    place: JSONPlace.text(codingPath), found: "\(elements.count) elements", expected: "another element")
            }
            return JSONValueDecoder(
                json: elements[currentIndex], codingPath: codingPath + [JSONKey(currentIndex)], ledger: ledger)
        }
    }

    private struct Single: SingleValueDecodingContainer {
        let decoder: JSONValueDecoder
        var codingPath: [any CodingKey] { decoder.codingPath }

        func decodeNil() -> Bool { decoder.json == .null }

        func decode(_ type: Bool.Type) throws -> Bool {
            guard case .bool(let value) = decoder.json else { throw decoder.mismatch(expected: "true or false") }
            return value
        }

        func decode(_ type: String.Type) throws -> String {
            guard case .string(let value) = decoder.json else { throw decoder.mismatch(expected: "a text") }
            return value
        }

        func decode(_ type: Double.Type) throws -> Double {
            switch decoder.json {
            case .number(let value): return value
            case .integer(let value) where ECMAScriptNumber.text(value) != nil: return Double(value)
            default: throw decoder.mismatch(expected: "a number that 64-bit floating point can hold")
            }
        }

        func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
        func decode(_ type: Int.Type) throws -> Int { try integer() }
        func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
        func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
        func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
        func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
        func decode(_ type: Int128.Type) throws -> Int128 { try integer() }
        func decode(_ type: UInt.Type) throws -> UInt { try integer() }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }
        func decode(_ type: UInt128.Type) throws -> UInt128 { try integer() }

        func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }

        /// `3.0` and `3e0` are the same number as `3` and are accepted as an integer.
        private func integer<I: FixedWidthInteger>() throws -> I {
            switch decoder.json {
            case .integer(let value):
                if let integer = I(exactly: value) { return integer }
            case .number(let value) where value.magnitude <= 0x1p53:
                if let integer = I(exactly: value) { return integer }
            default: throw decoder.mismatch(expected: "an integer")
            }
            throw RecordsError.mismatch(
                place: JSONPlace.text(codingPath), found: "a number outside of the type", expected: "an integer from \(I.min) to \(I.max)")
        }
    }
}
