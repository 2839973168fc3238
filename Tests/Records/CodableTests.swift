import Records
import Testing

@Suite("Values as JSON")
struct CodableTests {
    struct Reading: Codable, Equatable {
        enum Unit: String, Codable { case seconds, bytes }
        var name: String
        var value: Double?
        var counts: [Int]
        var unit: Unit
        var nested: [String: [UInt8]] = [:]
        var anything: JSONValue = nil
    }

    private let reading = Reading(
        name: "é", value: 0.1, counts: [1, -2], unit: .bytes, nested: ["z": [255], "a": []], anything: ["k": [1.5, nil]])

    @Test("A value reads back equal, and its members are sorted")
    func roundTrip() throws {
        let bytes = try CanonicalJSON.encode(reading)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"anything":{"k":[1.5,null]},"counts":[1,-2],"name":"é","nested":{"a":[],"z":[255]},"unit":"bytes","value":0.1}"#)
        #expect(try CanonicalJSON.decode(Reading.self, from: bytes) == reading)
    }

    @Test("A nil member is left out, and reads back as nil; so does null")
    func absent() throws {
        var other = reading
        other.value = nil
        let bytes = try CanonicalJSON.encode(other)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("value"))
        #expect(try CanonicalJSON.decode(Reading.self, from: bytes) == other)
        guard case .object(var members) = try CanonicalJSON.json(of: other) else { return }
        members["value"] = .null
        #expect(try CanonicalJSON.decode(Reading.self, from: .object(members)) == other)
    }

    @Test(
        "A wrong document is named with its place",
        arguments: [
            (#"{"counts":[1,"x"]}"#, "counts[1]", "a text"), (#"{"counts":[1,1.5]}"#, "counts[1]", "a number outside of the type"),
            (#"{"nested":{"a":[256]}}"#, "nested.a[0]", "a number outside of the type"), (#"{"name":null}"#, "name", "null"),
            (#"{"value":true}"#, "value", "true or false"), (#"{"counts":{}}"#, "counts", "an object"),
            (#"{"name":{"x":1}}"#, "name", "an object"), (#"{"surplus":1}"#, "the document", "the unknown member “surplus”"),
        ])
    func mismatches(_ change: String, _ place: String, _ found: String) throws {
        guard case .object(let members) = try CanonicalJSON.json(of: reading), case .object(let changes) = try JSONValue(parsing: change)
        else { return }
        let json = JSONValue.object(members.merging(changes) { $1 })
        let error = #expect(throws: RecordsError.self) { try CanonicalJSON.decode(Reading.self, from: json) }
        guard case .mismatch(place, found, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("A missing member, an unknown word and an unknown member deep inside are errors")
    func more() throws {
        #expect(throws: RecordsError.mismatch(place: "the document", found: "no member “name”", expected: "this member")) {
            try CanonicalJSON.decode(Reading.self, from: Array("{}".utf8))
        }
        guard case .object(var members) = try CanonicalJSON.json(of: reading) else { return }
        members["unit"] = "hours"
        #expect(throws: RecordsError.self) { try CanonicalJSON.decode(Reading.self, from: .object(members)) }

        let list: JSONValue = [["id": "x", "group": "g"], ["id": "y", "group": "g", "extra": 1]]
        #expect(
            throws: RecordsError.mismatch(
                place: "[1]", found: "the unknown member “extra”", expected: "only members of Array<CaseIdentity>")
        ) { try CanonicalJSON.decode([CaseIdentity].self, from: list) }
        #expect(try CanonicalJSON.decode([CaseIdentity].self, from: list, allowsUnknownMembers: true).count == 2)
    }

    @Test("Integers may be written with a fraction of zero; numbers that would be rounded are errors")
    func integers() throws {
        #expect(try CanonicalJSON.decode([Int].self, from: Array("[3.0, 3e2, 9007199254740993]".utf8)) == [3, 300, 9_007_199_254_740_993])
        #expect(throws: RecordsError.self) { try CanonicalJSON.decode([Double].self, from: Array("[9007199254740993]".utf8)) }
        #expect(throws: RecordsError.self) { try CanonicalJSON.decode(UInt.self, from: Array("-1".utf8)) }
        #expect(throws: RecordsError.self) { try CanonicalJSON.encode([UInt64.max]) }
        #expect(throws: RecordsError.self) { try CanonicalJSON.encode([Double.nan]) }
    }

    @Test("Collections without an order are not written")
    func unordered() {
        #expect(throws: RecordsError.self) { try CanonicalJSON.encode(["a": Set([1, 2])]) }
        #expect(throws: RecordsError.self) { try CanonicalJSON.encode([Reading.Unit.bytes: 1]) }
        #expect(throws: Never.self) { try CanonicalJSON.encode([2: "b", 1: "a"]) }
    }

    @Test("A list of twenty thousand records is read back")
    func large() throws {
        let cases = (0..<20_000).map { CaseIdentity(id: "case-\($0)", group: "g\($0 % 7)") }
        #expect(try CanonicalJSON.decode([CaseIdentity].self, from: CanonicalJSON.encode(cases)) == cases)
    }
}
