import Challenges
import Foundation
import Imaging

/// A challenge folder with small images made by the test: every case differs, every truth has two objects.
struct ChallengeFolderFixture {
    let path: String

    /// A folder without any file yet.
    init(empty path: String) { self.path = path }

    /// Writes the sample challenge with twelve public and fifty hidden cases of 12 × 16 pixels.
    init(at path: String, yaml: String = Sample.yaml) throws {
        self.path = path
        try write(yaml, to: "challenge.yaml")
        try write("", to: "model/.keep")
        try Self.image(seed: 0).map { try ImageFile.write($0, to: path + "/model/image.tif") }
        try writeTruth(Self.truth(), to: "model/truth.tif")
        let image = try Data(contentsOf: URL(fileURLWithPath: path + "/model/image.tif"))
        let truth = try Data(contentsOf: URL(fileURLWithPath: path + "/model/truth.tif"))
        try remove("model")
        guard let place = image.range(of: Data([0xC3, 0xA5])) else { throw CocoaError(.fileReadCorruptFile) }
        for (number, prefix) in ["p", "t"].enumerated() {
            let folder = prefix == "p" ? "data/practice" : "data/test"
            try write(Sample.caseList(prefix), to: folder + "/cases.csv")
            for part in ["images", "labels"] { try write("", to: "\(folder)/\(part)/.keep") }
            for index in 0..<Sample.caseCount(prefix) {
                var copy = image
                copy.replaceSubrange(place, with: [UInt8(index), UInt8(number)])
                try copy.write(to: URL(fileURLWithPath: "\(path)/\(folder)/images/\(prefix)\(index).tif"))
                try truth.write(to: URL(fileURLWithPath: "\(path)/\(folder)/labels/\(prefix)\(index).tif"))
            }
        }
    }

    func write(_ text: String, to name: String) throws {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    }

    func writeTruth(_ labels: LabelImage?, to name: String) throws {
        guard let labels else { throw CocoaError(.coderInvalidValue) }
        try ImageFile.writeLabels(labels, to: path + "/" + name)
    }

    func copy(_ from: String, to: String) throws {
        try? FileManager.default.removeItem(atPath: path + "/" + to)
        try FileManager.default.copyItem(atPath: path + "/" + from, toPath: path + "/" + to)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

    /// A gray image whose values depend on the seed; the first is 0xA5C3.
    static func image(seed: Int, height: Int = 12, width: Int = 16) -> Image? {
        let values = (0..<height * width).map { $0 == 0 ? 0xA5C3 : UInt16(($0 * 37 + seed * 101) % 4096) }
        return Image(shape: [height, width], axes: [.y, .x], pixels: .uint16(values))
    }

    /// Two objects of 30 and 24 pixels that do not touch the frame, unless told otherwise.
    static func truth(height: Int = 12, width: Int = 16, change: (inout [UInt32]) -> Void = { _ in }) -> LabelImage? {
        var labels = [UInt32](repeating: 0, count: height * width)
        for y in 2..<8 { for x in 2..<7 { labels[y * width + x] = 1 } }
        for y in 3..<9 { for x in 9..<13 { labels[y * width + x] = 2 } }
        change(&labels)
        return LabelImage(shape: [height, width], labels: labels)
    }

    func check() throws -> ChallengeReport { try ChallengeCheck.run(folder: path) }
}
