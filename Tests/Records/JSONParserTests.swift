import Records
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    @Test("Each kind of value is read as what it is")
    func kinds() throws {
        let json = try JSONValue(parsing: #" {"a": [null, true, false, -12, 1.5, 1e2, "x\u00e9\ud83d\ude00\n"], "": {}} "#)
        let expected: JSONValue = ["a": [nil, true, false, -12, 1.5, 100.0, "x\u{e9}\u{1F600}\n"], "": [:]]
        #expect(json == expected)
        #expect(json["a"]?[3] == .integer(-12))
        #expect(json["a"]?[5] == .number(100))
        #expect(json["a"]?[7] == nil)
        #expect(json["b"] == nil)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int
        let column: Int
        let found: String
        var testDescription: String { text }
    }

    @Test(
        "What is not strict JSON is refused with its place",
        arguments: [
            Refused(text: "", line: 1, column: 1, found: "the end of the document"),
            Refused(text: "{\"a\": 1,\n \"é\": 2, \"a\": 3}", line: 2, column: 10, found: "the key “a” a second time"),
            Refused(text: "{\"\u{e9}\": 1, \"e\u{301}\": 2}", line: 1, column: 10, found: "the key “e\u{301}” a second time"),
            Refused(text: "[1, 2,]", line: 1, column: 7, found: "“]”"),
            Refused(text: "{\"a\": 1,}", line: 1, column: 9, found: "“}”"),
            Refused(text: "[1] 2", line: 1, column: 5, found: "“2”"),
            Refused(text: "[NaN]", line: 1, column: 2, found: "“N”"),
            Refused(text: "[-Infinity]", line: 1, column: 3, found: "“I”"),
            Refused(text: "[1e400]", line: 1, column: 2, found: "the number 1e400"),
            Refused(text: "[1e-400]", line: 1, column: 2, found: "the number 1e-400"),
            Refused(text: "[01]", line: 1, column: 2, found: "a number with leading zeros"),
            Refused(text: "[1.]", line: 1, column: 4, found: "“]”"),
            Refused(text: "[.5]", line: 1, column: 2, found: "“.”"),
            Refused(text: "[+1]", line: 1, column: 2, found: "“+”"),
            Refused(text: "12345678901234567890", line: 1, column: 1, found: "the integer 12345678901234567890"),
            Refused(text: "{a: 1}", line: 1, column: 2, found: "“a”"),
            Refused(text: "['a']", line: 1, column: 2, found: "“'”"),
            Refused(text: "\"a\nb\"", line: 1, column: 3, found: "the byte 0xA"),
            Refused(text: "\"abc", line: 1, column: 1, found: "a text without an end"),
            Refused(text: #""\x41""#, line: 1, column: 2, found: "an escape that JSON does not know"),
            Refused(text: #""\ud800""#, line: 1, column: 2, found: "half of a surrogate pair"),
            Refused(text: #""\udc00""#, line: 1, column: 2, found: "half of a surrogate pair"),
            Refused(text: #""\ud800\u0041""#, line: 1, column: 2, found: "half of a surrogate pair"),
            Refused(text: #""\u00g0""#, line: 1, column: 6, found: "“g”"),
            Refused(text: "// x\n1", line: 1, column: 1, found: "“/”"),
            Refused(text: "tru", line: 1, column: 1, found: "“t”"),
            Refused(text: "\u{FEFF}1", line: 1, column: 1, found: "a byte order mark"),
        ])
    func refused(_ example: Refused) throws {
        let error = #expect(throws: RecordsError.self) { try JSONValue(parsing: example.text) }
        guard case .malformed(let line, let column, let found, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect([line, column] == [example.line, example.column])
        #expect(found == example.found)
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xFF, 0x22]])
    func notUTF8(_ bytes: [UInt8]) {
        #expect(
            throws: RecordsError.malformed(
                line: 1, column: 1, found: "bytes that are not UTF-8 in this text", expected: "UTF-8")
        ) { try JSONValue(parsing: bytes) }
    }

    @Test("Size, depth and number of values are bounded")
    func limits() throws {
        let nested = String(repeating: "[", count: 9) + String(repeating: "]", count: 9)
        #expect(throws: RecordsError.limitExceeded(what: "the depth of the document", limit: 8)) {
            try JSONValue(parsing: nested, limits: JSONLimits(depth: 8))
        }
        _ = try JSONValue(parsing: nested, limits: JSONLimits(depth: 9))
        #expect(throws: RecordsError.limitExceeded(what: "the size of the document in bytes", limit: 2)) {
            try JSONValue(parsing: "[1]", limits: JSONLimits(bytes: 2))
        }
        #expect(throws: RecordsError.limitExceeded(what: "the number of values in the document", limit: 3)) {
            try JSONValue(parsing: "[1,2,3]", limits: JSONLimits(values: 3))
        }
        _ = try JSONValue(parsing: "[1,2,3]", limits: JSONLimits(values: 4))
    }

    @Test("A hundred thousand open brackets end in an error, not in a crash")
    func bomb() {
        #expect(throws: RecordsError.self) {
            try JSONValue(parsing: String(repeating: "[", count: 100_000), limits: JSONLimits(depth: .max))
        }
    }

    @Test("Every cut of a valid document is refused")
    func cuts() throws {
        let whole = Array(#"{"a":[1,-2.5e+3,"x\u00e9\\"],"b":{"c":null,"d":true}}"#.utf8)
        _ = try JSONValue(parsing: whole)
        for length in 0..<whole.count {
            #expect(throws: RecordsError.self) { try JSONValue(parsing: Array(whole.prefix(length))) }
        }
    }
}
