extension JSONValue {
    /// Reads one JSON document (RFC 8259), strictly.
    ///
    /// Refused, each with line and column: text that is not UTF-8, a byte order mark, duplicate keys, lone surrogates,
    /// comments, trailing commas, `NaN` and numbers outside the range of 64-bit floating point (too large, or so small that
    /// they would become 0), integers that would be rounded, and anything after the document.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(RecordsError) {
        guard bytes.count <= limits.bytes else { throw .limitExceeded(what: "the size of the document in bytes", limit: limits.bytes) }
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.document()
    }

    /// Reads one JSON document from a text; see `init(parsing:limits:)` for bytes.
    public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(RecordsError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// A recursive-descent reader over the bytes of one document.
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var values = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(RecordsError) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw failure(found: "a byte order mark", expected: "plain UTF-8 without one") }
        let value = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure(expected: "the end of the document") }
        return value
    }

    private mutating func value(depth: Int) throws(RecordsError) -> JSONValue {
        values += 1
        guard values <= limits.values else { throw .limitExceeded(what: "the number of values in the document", limit: limits.values) }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", is: .bool(true))
        case UInt8(ascii: "f"): return try word("false", is: .bool(false))
        case UInt8(ascii: "n"): return try word("null", is: .null)
        case UInt8(ascii: "-"): return try number()
        default:
            if isDigit(current) { return try number() }
            throw failure(expected: "a value: an object, a list, a text, a number, true, false or null")
        }
    }

    private mutating func object(depth: Int) throws(RecordsError) -> JSONValue {
        try checkDepth(depth)
        var members: [String: JSONValue] = [:]
        position += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure(expected: "a key in double quotes") }
            let keyPosition = position
            let key = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure(expected: "a colon after the key") }
            let member = try value(depth: depth)
            guard members.updateValue(member, forKey: key) == nil else {
                throw failure(at: keyPosition, found: "the key \(Self.quoted(key)) a second time", expected: "each key once")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure(expected: "a comma or the end of the object") }
        }
    }

    private mutating func array(depth: Int) throws(RecordsError) -> JSONValue {
        try checkDepth(depth)
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure(expected: "a comma or the end of the list") }
        }
    }

    private func checkDepth(_ depth: Int) throws(RecordsError) {
        guard depth <= limits.depth else { throw .limitExceeded(what: "the depth of the document", limit: limits.depth) }
    }

    private mutating func word(_ word: StaticString, is value: JSONValue) throws(RecordsError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let matches = word.withUTF8Buffer { bytes[position...].prefix($0.count).elementsEqual($0) }
        guard matches else { throw failure(expected: "\(word)") }
        position = end
        return value
    }

    // MARK: Texts

    /// Reads a text in double quotes; the position is at the opening quote.
    private mutating func text() throws(RecordsError) -> String {
        let opening = position
        position += 1
        var unescaped: [UInt8] = []
        var start = position
        while true {
            guard let byte = current else {
                throw failure(at: opening, found: "a text without an end", expected: "a closing double quote")
            }
            switch byte {
            case UInt8(ascii: "\""):
                let last = bytes[start..<position]
                position += 1
                let text =
                    unescaped.isEmpty
                    ? String(validating: last, as: UTF8.self) : String(validating: unescaped + last, as: UTF8.self)
                guard let text else {
                    throw failure(at: opening, found: "bytes that are not UTF-8 in this text", expected: "UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                unescaped += bytes[start..<position]
                unescaped += String(try escape()).utf8
                start = position
            case 0..<0x20:
                throw failure(expected: "control characters in a text as escapes such as \\n")
            default:
                position += 1
            }
        }
    }

    /// Reads one escape; the position is at the backslash.
    private mutating func escape() throws(RecordsError) -> Character {
        let backslash = position
        position += 1
        guard let byte = current else { throw failure(expected: "an escape after the backslash") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try fourHexDigits()
            if let scalar = Unicode.Scalar(first) { return Character(scalar) }
            guard UTF16.isLeadSurrogate(UInt16(first)), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                throw failure(at: backslash, found: "half of a surrogate pair", expected: "both halves")
            }
            let second = try fourHexDigits()
            guard UTF16.isTrailSurrogate(UInt16(second)),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw failure(at: backslash, found: "half of a surrogate pair", expected: "both halves") }
            return Character(scalar)
        default:
            throw failure(
                at: backslash, found: "an escape that JSON does not know", expected: "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
    }

    private mutating func fourHexDigits() throws(RecordsError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = hexDigit(byte) else { throw failure(expected: "four hexadecimal digits after \\u") }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    // MARK: Numbers

    private mutating func number() throws(RecordsError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if isDigit(current) { throw failure(at: start, found: "a number with leading zeros", expected: "a number without them") }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= 1024 else {
            throw failure(at: start, found: "a number of \(position - start) characters", expected: "at most 1024")
        }
        let literal = String(decoding: bytes[start..<position], as: UTF8.self)
        // `-0` keeps its sign as a floating-point number; as an integer it would lose it.
        if isInteger, literal != "-0", let integer = Int64(literal) { return .integer(integer) }
        guard let value = Double(literal), value.isFinite else {
            throw failure(
                at: start, found: "the number \(Self.shortened(literal))",
                expected: "a number that 64-bit floating point can hold (below 1.8e308)")
        }
        // Canonical JSON writes 1e20 as digits; such a literal is accepted back, one that would be rounded is not.
        if isInteger, literal != "-0", ECMAScriptNumber.text(value) != literal {
            throw failure(
                at: start, found: "the integer \(Self.shortened(literal))", expected: "an integer that 64 bits hold, or a text")
        }
        if value == 0, literal.utf8.prefix(while: { $0 | 0x20 != UInt8(ascii: "e") }).contains(where: { (0x31...0x39).contains($0) }) {
            throw failure(
                at: start, found: "the number \(Self.shortened(literal))", expected: "0, or a number that is not rounded to 0")
        }
        return .number(value)
    }

    private mutating func digits() throws(RecordsError) {
        guard isDigit(current) else { throw failure(expected: "a digit") }
        while isDigit(current) { position += 1 }
    }

    // MARK: Bytes and places

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func failure(at place: Int? = nil, found: String? = nil, expected: String) -> RecordsError {
        let place = place ?? position
        let before = bytes[..<place]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let line = before.count { $0 == 0x0A } + 1
        // Continuation bytes of UTF-8 are no characters of their own.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return .malformed(line: line, column: column, found: found ?? foundByte, expected: expected)
    }

    /// The byte at the position in words for messages.
    private var foundByte: String {
        guard let byte = current else { return "the end of the document" }
        if (0x21...0x7E).contains(byte) { return "“\(Character(Unicode.Scalar(byte)))”" }
        if byte == 0x20 { return "a space" }
        return "the byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    private static func quoted(_ text: String) -> String { "“\(shortened(text))”" }

    private static func shortened(_ text: String) -> String { text.count > 40 ? text.prefix(40) + "…" : text }
}

/// The value of a hexadecimal digit in ASCII, upper or lower case.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
