extension JSONValue {
    /// The canonical form of RFC 8785: no spaces, keys sorted by their UTF-16 code units, numbers as ECMAScript writes them,
    /// only the necessary escapes. Equal documents have equal bytes.
    ///
    /// Two things differ from a lenient writer: a number that is not finite and an integer beyond 2^53 that a reader with
    /// 64-bit floating point would round are errors. Minus zero is written as `0`.
    public func canonicalBytes() throws(RecordsError) -> [UInt8] {
        var writer = JSONWriter(isPretty: false)
        try writer.write(self)
        return writer.bytes
    }

    /// The same document for people: sorted keys, two spaces a level, lists of plain values on one line where they fit in
    /// 100 characters, a newline at the end. Errors as for `canonicalBytes()`.
    public func prettyText() throws(RecordsError) -> String {
        var writer = JSONWriter(isPretty: true)
        try writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

/// Writes a document into bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let isPretty: Bool
    private var place: [JSONPlace] = []

    init(isPretty: Bool) { self.isPretty = isPretty }

    mutating func write(_ value: JSONValue) throws(RecordsError) {
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .integer(let integer):
            guard let text = ECMAScriptNumber.text(integer) else {
                throw notEncodable("\(integer)", expected: "an integer up to 2^53 (9007199254740992), or a text")
            }
            append(text)
        case .number(let number):
            guard number.isFinite else { throw notEncodable("\(number)", expected: "a finite number or null") }
            append(ECMAScriptNumber.text(number))
        case .string(let text): write(text)
        case .array(let elements): try write(elements)
        case .object(let members): try write(members)
        }
    }

    private mutating func write(_ elements: [JSONValue]) throws(RecordsError) {
        if isPretty, let line = try oneLine(elements) {
            bytes += line
            return
        }
        append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(",") }
            place.append(.index(index))
            newLine()
            try write(element)
            place.removeLast()
        }
        if !elements.isEmpty { newLine() }
        append("]")
    }

    private mutating func write(_ members: [String: JSONValue]) throws(RecordsError) {
        append("{")
        for (index, member) in members.sorted(by: { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }).enumerated() {
            if index > 0 { append(",") }
            place.append(.key(member.key))
            newLine()
            write(member.key)
            append(isPretty ? ": " : ":")
            try write(member.value)
            place.removeLast()
        }
        if !members.isEmpty { newLine() }
        append("}")
    }

    private mutating func write(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0A: append("\\n")
            case 0x0C: append("\\f")
            case 0x0D: append("\\r")
            case 0..<0x20: append("\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16))
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    /// A list of plain values with a space after each comma, `nil` where it holds containers or gets too long.
    private func oneLine(_ elements: [JSONValue]) throws(RecordsError) -> [UInt8]? {
        var writer = JSONWriter(isPretty: true)
        writer.place = place
        writer.append("[")
        for (index, element) in elements.enumerated() {
            switch element {
            case .array, .object: return nil
            default: break
            }
            if index > 0 { writer.append(", ") }
            writer.place.append(.index(index))
            try writer.write(element)
            writer.place.removeLast()
            if writer.bytes.count > 100 { return nil }
        }
        writer.append("]")
        return writer.bytes
    }

    private mutating func newLine() {
        guard isPretty else { return }
        bytes.append(0x0A)
        bytes += repeatElement(0x20, count: 2 * place.count)
    }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    private func notEncodable(_ found: String, expected: String) -> RecordsError {
        .notEncodable(place: JSONPlace.text(place), found: found, expected: expected)
    }
}

/// A step on the way to a value inside a document.
enum JSONPlace: Sendable {
    case key(String)
    case index(Int)

    /// The way as people write it: `cases[3].scores[0].value`.
    static func text(_ steps: some Sequence<JSONPlace>) -> String {
        var text = ""
        for step in steps {
            switch step {
            case .key(let key): text += (text.isEmpty ? "" : ".") + key
            case .index(let index): text += "[\(index)]"
            }
        }
        return text.isEmpty ? "the document" : text
    }

    /// The way that `Codable` has gone, as people write it.
    static func text(_ codingPath: [any CodingKey]) -> String {
        text(codingPath.map { key in key.intValue.map(JSONPlace.index) ?? .key(key.stringValue) })
    }
}
