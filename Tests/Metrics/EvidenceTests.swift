import Foundation
import Imaging
import Metrics
import Testing

@Suite("Stored evidence")
struct EvidenceTests {
    private static let example =
        #"{"overlap":{"cells":{"prediction":[0,1],"truth":[0,0],"voxels":[1,2]},"prediction":{"labels":[2,7],"voxels":[1,3]},"#
        + #""truth":{"labels":[4294967295],"voxels":[3]}},"shape":[1,5],"spacing":[null,0.5],"version":1}"#

    private func example() throws -> Evidence {
        let truth = try #require(LabelImage(shape: [1, 5], labels: [.max, .max, .max, 0, 0], spacing: [nil, 0.5]))
        let prediction = try #require(LabelImage(shape: [1, 5], labels: [2, 7, 7, 7, 0]))
        return try Evidence(prediction: prediction, truth: truth)
    }

    @Test("The stored form is compact and canonical")
    func form() throws {
        #expect(try String(decoding: example().json(), as: UTF8.self) == Self.example)
    }

    @Test("Evidence and scores survive being stored", arguments: UInt64(0)..<20)
    func roundTrip(_ seed: UInt64) throws {
        let evidence = try LabelPair(seed: seed, count: 500, labels: 30, longestRun: 9).evidence()
        let read = try Evidence(json: evidence.json())
        #expect(read == evidence)
        #expect(read.json() == evidence.json())
        #expect(ScoreSet(read, MetricCatalog.all) == ScoreSet(evidence, MetricCatalog.all))
    }

    @Test("Other encoders write the same form, and other decoders read it with the same checks")
    func codable() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try String(decoding: encoder.encode(example()), as: UTF8.self) == Self.example)
        #expect(try JSONDecoder().decode(Evidence.self, from: Data(Self.example.utf8)) == example())
        let further = Self.example.replacing(#""shape""#, with: #""distances":[],"shape""#)
        #expect(throws: MetricError.self) { try JSONDecoder().decode(Evidence.self, from: Data(further.utf8)) }
        let wrong = Self.example.replacing("[1,3]", with: "[1,1]")
        #expect(throws: MetricError.self) { try JSONDecoder().decode(Evidence.self, from: Data(wrong.utf8)) }
    }

    @Test(
        "Evidence that contradicts itself is refused",
        arguments: [
            (#""labels":[2,7]"#, #""labels":[7,2]"#, "prediction.labels"),
            (#""labels":[2,7]"#, #""labels":[2,2]"#, "prediction.labels"),
            (#""labels":[2,7]"#, #""labels":[0,7]"#, "prediction.labels"),
            (#""labels":[2,7]"#, #""labels":[2]"#, "overlap.prediction"),
            (#""labels":[2,7]"#, #""labels":[2,4294967296]"#, "JSON"),
            (#""labels":[2,7]"#, #""labels":[2,7.5]"#, "JSON"),
            (#""voxels":[1,3]"#, #""voxels":[1,0]"#, "prediction.voxels"),
            (#""voxels":[1,3]"#, #""voxels":[1,-3]"#, "prediction.voxels"),
            (#""voxels":[1,3]"#, #""voxels":[1,5]"#, "prediction.voxels"),
            (#""voxels":[1,3]"#, #""voxels":[1,1]"#, "cells.voxels"),
            (#""voxels":[1,3]"#, #""voxels":[1,9223372036854775807]"#, "prediction.voxels"),
            (#""voxels":[1,2]"#, #""voxels":[1,0]"#, "cells.voxels"),
            (#""voxels":[1,2]"#, #""voxels":[1,3]"#, "cells.voxels"),
            (#""voxels":[1,2]"#, #""voxels":[1]"#, "overlap.cells"),
            (#""prediction":[0,1]"#, #""prediction":[1,0]"#, "overlap.cells"),
            (#""prediction":[0,1]"#, #""prediction":[1,1]"#, "overlap.cells"),
            (#""prediction":[0,1]"#, #""prediction":[0,2]"#, "overlap.cells"),
            (#""truth":[0,0]"#, #""truth":[-1,0]"#, "overlap.cells"),
            (#""shape":[1,5]"#, #""shape":[1,3]"#, "prediction.voxels"),
            (#""shape":[1,5]"#, #""shape":[]"#, "shape"),
            (#""shape":[1,5]"#, #""shape":[0,5]"#, "shape"),
            (#""shape":[1,5]"#, #""shape":[9223372036854775807,5]"#, "shape"),
            (#""shape":[1,5]"#, #""shape":[1,9007199254740993]"#, "shape"),
            (#""spacing":[null,0.5]"#, #""spacing":[0.5]"#, "spacing"),
            (#""version":1"#, #""version":2"#, "version"),
        ])
    func contradictions(_ original: String, _ replacement: String, _ place: String) throws {
        let text = Self.example.replacing(original, with: replacement)
        #expect(text != Self.example)
        let error = #expect(throws: MetricError.self) { try Evidence(json: Array(text.utf8)) }
        guard case .invalidEvidence(let found, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found.contains(place), "\(found)")
    }

    @Test("Objects that only fit into the image by hiding each other's voxels are refused")
    func unionTooLarge() throws {
        // 3 + 4 voxels, 1 shared: 6 voxels do not fit into 5.
        let text = Self.example.replacing(#""voxels":[1,2]"#, with: #""voxels":[1,1]"#).replacing("[1,3]", with: "[1,4]")
            .replacing("[0,1],\"truth\":[0,0],\"voxels\":[1,1]", with: "[1],\"truth\":[0],\"voxels\":[1]")
        #expect(throws: MetricError.self) { try Evidence(json: Array(text.utf8)) }
    }

    @Test(
        "Only canonical bytes are read",
        arguments: [
            ("{\"overlap\"", "{ \"overlap\""), ("\"version\":1}", "\"version\":1}\n"), ("\"version\":1}", "\"version\":1,\"version\":1}"),
            ("\"version\":1}", "\"version\":1,\"zeta\":0}"), ("0.5", "5e-1"), ("0.5", "0.50"), ("[1,5]", "[1,5.0]"),
            ("\"version\":1}", "\"version\":1"), ("{\"overlap\"", "[{\"overlap\""), ("\"voxels\":[3]}}", "\"voxels\":[3],\"zeta\":1}}"),
        ])
    func onlyCanonical(_ original: String, _ replacement: String) {
        let text = Self.example.replacing(original, with: replacement)
        #expect(text != Self.example)
        #expect(throws: MetricError.self) { try Evidence(json: Array(text.utf8)) }
    }

    @Test(
        "Hostile bytes are errors",
        arguments: [
            "", "{}", "null", "[]", "\u{0}", #"{"version":1e999}"#,
        ])
    func hostile(_ text: String) {
        #expect(throws: MetricError.self) { try Evidence(json: Array(text.utf8)) }
    }

    @Test("Nesting of any depth is an error")
    func deepNesting() {
        #expect(throws: MetricError.self) { try Evidence(json: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) }
    }

    @Test("Limits hold when evidence is read")
    func limits() throws {
        let bytes = Array(Self.example.utf8)
        var limits = EvidenceLimits.standard
        limits.jsonBytes = bytes.count - 1
        #expect(throws: MetricError.self) { try Evidence(json: bytes, limits: limits) }
        limits = .standard
        limits.cells = 1
        #expect(throws: MetricError.tooManyCells(limit: 1)) { try Evidence(json: bytes, limits: limits) }
        limits = .standard
        limits.objects = 1
        #expect(throws: MetricError.tooManyObjects(image: "prediction", found: 2, limit: 1)) { try Evidence(json: bytes, limits: limits) }
    }

    @Test(
        "Spacings are written as ECMAScript writes numbers",
        arguments: [
            (1.0, "1"), (0.5, "0.5"), (0.1625, "0.1625"), (100, "100"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (123456.789, "123456.789"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-9, "1.5e-9"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"), (0.1 + 0.2, "0.30000000000000004"), (1e16, "10000000000000000"),
            (1.5e16, "15000000000000000"), (4.35, "4.35"), (1.25e-5, "0.0000125"),
        ])
    func numbers(_ value: Double, _ text: String) throws {
        let evidence = try Evidence(shape: [3], spacing: [value], overlap: nil)
        #expect(String(decoding: evidence.json(), as: UTF8.self) == #"{"shape":[3],"spacing":[\#(text)],"version":1}"#)
        #expect(try Evidence(json: evidence.json()) == evidence)
    }
}
