import Records
import Testing

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    /// Appendix B of RFC 8785.
    @Test(
        "Numbers are written as RFC 8785 demands",
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func numbers(_ bits: UInt64, _ text: String) throws {
        #expect(try self.text(.number(Double(bitPattern: bits))) == text)
    }

    @Test("Written numbers read back to the same bits, and written again to the same text")
    func numbersRoundTrip() throws {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            let written = try JSONValue.number(value).canonicalBytes()
            let read = try CanonicalJSON.decode(Double.self, from: written)
            #expect(read.bitPattern == value.bitPattern)
            #expect(try JSONValue(parsing: written).canonicalBytes() == written)
        }
    }

    /// Sections 3.2.2 and 3.2.3 of RFC 8785.
    @Test("Texts and the order of keys are as in the examples of RFC 8785")
    func examples() throws {
        let sample = #"""
            {"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}
            """#
        #expect(
            try text(JSONValue(parsing: sample))
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
        let keys: JSONValue = ["\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1F600}": 5, "\u{80}": 6, "\u{f6}": 7]
        #expect(try text(keys) == "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1F600}\":5,\"\u{fb33}\":3}")
    }

    @Test("What JSON readers would change is not written")
    func notWritable() throws {
        for value: JSONValue in [.number(.nan), .number(.infinity), .integer(1 << 53 + 1), .integer(.max)] {
            let error = #expect(throws: RecordsError.self) { try JSONValue.object(["a": [0, value]]).canonicalBytes() }
            guard case .notEncodable(let place, _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(place == "a[1]")
        }
        #expect(try text(.integer(1 << 53)) == "9007199254740992")
        #expect(try text(.integer(-(1 << 53))) == "-9007199254740992")
    }

    @Test("The form for people is the same document")
    func pretty() throws {
        let json: JSONValue = ["b": [1, 2, "x"], "a": [["c": nil], []], "d": [:]]
        let text = try json.prettyText()
        #expect(text == "{\n  \"a\": [\n    {\n      \"c\": null\n    },\n    []\n  ],\n  \"b\": [1, 2, \"x\"],\n  \"d\": {}\n}\n")
        #expect(try JSONValue(parsing: text) == json)
    }

    private func text(_ json: JSONValue) throws -> String { String(decoding: try json.canonicalBytes(), as: UTF8.self) }
}
