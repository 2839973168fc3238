import Foundation
import Imaging
import ModelPackages
import Testing
import TiledInference

/// What stands behind the end of an image that is smaller than the network's window.
@Suite struct PaddingTests {
    /// The row of the image that stands at each of 48 rows when the image has 20; `nil` for the constant.
    static let rows: [(declared: String, rows: [Int?])] = {
        let up = Array(0..<20)
        let down = Array(up.reversed())
        let symmetric = up + down + up
        let reflect = up + down.dropFirst() + up.dropFirst()
        return [
            ("", symmetric), ("pad: {mode: symmetric}", symmetric), ("pad: {mode: reflect}", reflect),
            ("pad: {mode: edge}", up + [Int](repeating: 19, count: 28)),
            ("pad: {mode: constant, value: 7}", up + [Int?](repeating: nil, count: 28)),
        ].map { ($0.0, Array($0.1.prefix(48))) }
    }()

    @Test("An image is continued as NumPy's pad does, as the package says or symmetrically", arguments: rows)
    func modes(_ declared: String, _ rows: [Int?]) throws {
        let predictor = try plainWindow(declared)
        let image = try Fixture.image([20, 48])
        guard case .uint16(let values) = image.pixels else { return }
        let padded = rows.flatMap { row in row.map { Array(values[$0 * 48..<$0 * 48 + 48]) } ?? [UInt16](repeating: 7, count: 48) }
        let whole = try #require(Image(shape: [48, 48], axes: [.y, .x], pixels: .uint16(padded)))
        let expected = try predictor.predict(whole).outputs[0]
        let result = try predictor.predict(image).outputs[0]
        for channel in 0..<2 {
            let values = try result.plane(channel: channel).values
            #expect(values == Array(try expected.plane(channel: channel).values.prefix(20 * 48)))
        }
    }

    @Test(
        "A constant that is no value of the input's type is refused before anything runs",
        arguments: [("-1", false), ("0.5", false), ("255", true)])
    func constantOfType(value: String, isFine: Bool) throws {
        var builder = ModelBuilder()
        builder.input("x", [1, 1, -1, -1], type: 2)
        builder.output("y")
        builder.node("Cast", ["x"], ["y"], [("to", .int(1))])
        let made = try MadePackage(builder.file, least: 48, step: 1), file = made.folder + "/bioimageio.yaml"
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map {
            $0.hasPrefix("    preprocessing:") ? "    pad: {mode: constant, value: \(value)}" : String($0)
        }
        try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
        let predictor = try Predictor(ModelPackage(folder: made.folder))
        let image = try #require(Image(shape: [20, 20], axes: [.y, .x], pixels: .uint8([UInt8](repeating: 3, count: 400))))
        guard !isFine else {
            #expect(try predictor.predict(image).outputs[0].shape == [1, 1, 20, 20])
            return
        }
        #expect { try predictor.predict(image) } throws: { "\($0)".contains("the network's input is uint8") }
    }

    /// The package `window` without normalisation, which would look at the unpadded image.
    private func plainWindow(_ declared: String) throws -> Predictor {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder("window"))
        try folder.edit("bioimageio.yaml") { text in
            text.split(separator: "\n")
                .filter { !$0.contains("zero_mean_unit_variance") }
                .map { $0.hasPrefix("    preprocessing:") && !declared.isEmpty ? "    \(declared)\n\($0)" : String($0) }
                .joined(separator: "\n")
        }
        return try Predictor(try ModelPackage(folder: folder.path))
    }
}
