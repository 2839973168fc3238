import Foundation
import ModelPackages
import Testing

/// Descriptions made to harm.
@Suite struct HostileDescriptionTests {
    @Test("Aliases that multiply are refused")
    func aliasBomb() throws {
        var yaml = "a0: &a0 [x, x]\n"
        for level in 1..<40 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(try Fixture.refusal(yaml).code == .tooLarge)
    }

    @Test("A few aliases are fine, even when they are many values")
    func aliases() throws {
        let yaml = Fixture.description()
            .replacingOccurrences(of: "- {type: batch}", with: "- &b {type: batch}")
            .replacingOccurrences(of: "axes: [{type: batch}, ", with: "axes: [*b, ")
        #expect(try Fixture.package(yaml).inputs[1].axes[0].kind == .batch)
    }

    @Test("Deep nesting is refused, in brackets and in lines", arguments: [70, 399, 401, 100_000])
    func nesting(_ depth: Int) throws {
        let brackets = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try Fixture.refusal(brackets).code == .tooLarge)
        let dashes = String(repeating: "- ", count: depth) + "a"
        #expect(try Fixture.refusal(dashes).code == .tooLarge)
        guard depth < 500 else { return }
        let lines = (0..<depth).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(try Fixture.refusal(lines).code == .tooLarge)
    }

    @Test("A description of more than a mebibyte is refused unread")
    func size() throws {
        let error = try Fixture.refusal(Fixture.description(extra: "description: \(String(repeating: "x", count: 1 << 20))"))
        #expect(error.code == .tooLarge)
    }

    @Test("Bytes that are not text, and nothing at all, are refused")
    func noText() throws {
        #expect(throws: PackageError.self) { try DescriptionNode.read([0xFF, 0xFE, 0x00], file: "a.yaml") }
        #expect(throws: PackageError.self) { try DescriptionNode.read([], file: "a.yaml") }
        #expect(throws: PackageError.self) { try DescriptionNode.read(Array("a: 1\n---\nb: 2\n".utf8), file: "a.yaml") }
        #expect(throws: PackageError.self) { try DescriptionNode.read(Array("? [a]\n: 1\n".utf8), file: "a.yaml") }
    }

    @Test("Sizes that refer to each other in a circle are refused")
    func circle() throws {
        let yaml = Fixture.description().replacingOccurrences(
            of: "{type: space, id: y, size: 9}, {type: space, id: x, size: 8}",
            with: "{type: space, id: y, size: {tensor_id: counts, axis_id: x}}, {type: space, id: x, size: {tensor_id: counts, axis_id: y}}"
        )
        #expect(try Fixture.refusal(yaml).found.contains("refers to itself"))
    }

    @Test("A link that leads out of the package is refused")
    func link() throws {
        try Fixture.withFolder(["secret": "secret"]) { outside in
            try Fixture.withFolder(["bioimageio.yaml": Fixture.description()]) { folder in
                try FileManager.default.createSymbolicLink(atPath: folder + "/weights.onnx", withDestinationPath: outside + "/secret")
                let error = try #require(throws: PackageError.self) { try ModelPackage(folder: folder).network() }
                #expect(error.code == .unsafePath)
                #expect(!error.description.contains(outside))
            }
        }
    }

    @Test("Weights whose digest is not the declared one are not loaded")
    func digest() throws {
        let yaml = Fixture.description(weights: "{onnx: {source: weights.onnx, sha256: \(String(repeating: "0", count: 64))}}")
        let error = try #require(throws: PackageError.self) {
            try Fixture.withFolder(["bioimageio.yaml": yaml, "weights.onnx": "x"]) { try ModelPackage(folder: $0).network() }
        }
        #expect(error.code == .digestMismatch)
        #expect(error.line == 23)
    }

    @Test("Missing weights are named")
    func missing() throws {
        let error = try #require(throws: PackageError.self) {
            try Fixture.withFolder(["bioimageio.yaml": Fixture.description()]) { try ModelPackage(folder: $0).network() }
        }
        #expect(error.code == .missing)
        #expect(error.found.contains("weights.onnx"))
    }

    @Test(
        "Bytes that are no text are named with their line",
        arguments: [([0xFF, 0x41], "UTF-8"), ([0xC3, 0x28], "UTF-8"), ([0x00], "U+0000"), ([0x07], "U+0007")] as [([UInt8], String)])
    func bytes(_ wrong: [UInt8], _ found: String) throws {
        let text = Array("a: 1\nb: ü\nc: x".utf8) + wrong + Array("\nd: 2\n".utf8)
        let error = try #require(throws: PackageError.self) { try DescriptionNode.read(text, file: "bioimageio.yaml") }
        #expect(error.line == 3 && error.found.contains(found), "\(error)")
    }
}
