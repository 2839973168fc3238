import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Runs that go on from files that are not what the journal says: as a power loss, a full disk or a hand in the folder leaves them.
@Suite struct DamageTests {
    private func predictor() throws -> Predictor { try Predictor(ModelPackage(folder: try Fixture.folder("unet"))) }

    /// Ways in which a file suffers.
    enum Damage: CaseIterable {
        case gone, empty, short, zeros, changed

        func happen(to path: String) throws {
            let file = URL(fileURLWithPath: path)
            var bytes = try Data(contentsOf: file)
            switch self {
            case .gone: return try FileManager.default.removeItem(at: file)
            case .empty: bytes = Data()
            case .short: bytes = bytes.prefix(bytes.count / 2)
            case .zeros: bytes = Data(count: bytes.count)
            case .changed: for place in stride(from: 0, to: bytes.count, by: 97) { bytes[place] ^= 0x41 }
            }
            try bytes.write(to: file)
        }
    }

    /// The bytes of a file, or of all files in a folder.
    private func bytes(_ path: String) throws -> [String: Data] {
        guard let names = FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }), !names.isEmpty else {
            return ["": try Data(contentsOf: URL(fileURLWithPath: path))]
        }
        var all: [String: Data] = [:]
        for name in names { all[name] = try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }
        return all
    }

    private func run(
        _ blocks: FailingImage, to path: String, _ product: StreamedRun.Product = .output(nil), _ blending: Blending? = nil
    ) throws -> StreamedRun.Report {
        let options = PredictionOptions(tile: blending == nil ? [96, 96] : nil, blending: blending)
        return try StreamedRun(predictor(), on: blocks, to: path, product, options: options, key: "test").run()
    }

    @Test("A result that was damaged is written anew from the first tile that is not there, and a note tells", arguments: Damage.allCases)
    func results(_ damage: Damage) throws {
        let image = try Fixture.image([300, 600]), folder = try TemporaryFolder()
        for ending in ["tif", "npy", "zarr"] {
            let (path, other) = (folder.file("a.\(ending)"), folder.file("other.\(ending)"))
            let whole = FailingImage(image), expected = try run(whole, to: other)
            #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 4), to: path) }
            let result = path + ".part/result.\(ending)"
            // A chunk of which a part is missing cannot be read, which is told further down.
            if ending == "zarr", damage != .gone { continue }
            try damage.happen(to: ending == "zarr" ? result + "/0/c/0/0/1" : result)
            let report = try run(FailingImage(image), to: path)
            #expect(report.resumedTiles < expected.tiles - 4, "\(ending): \(report.resumedTiles)")
            #expect(report.notes.contains { $0.contains("of the interrupted run") && $0.contains("were done again") }, "\(report.notes)")
            // Nobody reads what lies behind the image's end in the blocks of a TIFF.
            if ending == "tif" {
                #expect(try MadePackage.read(path).values == MadePackage.read(other).values)
            } else {
                #expect(try bytes(path) == bytes(other), "\(ending)")
            }
        }
    }

    @Test("One value that changed is noticed, at either end of what a tile wrote", arguments: [[0, 0], [60, 32]])
    func value(_ place: [Int]) throws {
        let network = ModelBuilder.model(input: [1, 1, -1, -1]) { $0.node("Relu", ["x"], ["y"]) }
        let made = try MadePackage(network, least: 1, step: 1), image = try Fixture.image([61, 100])
        let folder = try TemporaryFolder(), (path, other) = (folder.file("a.npy"), folder.file("other.npy"))
        func run(_ blocks: FailingImage, to path: String) throws -> StreamedRun.Report {
            try StreamedRun(Predictor(made.package), on: blocks, to: path, .output(nil), options: .init(tile: [61, 33]), key: "test").run()
        }
        let whole = FailingImage(image)
        _ = try run(whole, to: other)
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 1), to: path) }
        let result = URL(fileURLWithPath: path + ".part/result.npy")
        var bytes = try Data(contentsOf: result)
        bytes[bytes.count - 4 * (61 * 100 - place[0] * 100 - place[1])] ^= 0x41
        try bytes.write(to: result)
        #expect(try run(FailingImage(image), to: path).resumedTiles == 0)
        #expect(try self.bytes(path) == self.bytes(other))
    }

    @Test("A chunk that cannot be read is named, with the folder to remove")
    func chunks() throws {
        let image = try Fixture.image([300, 600]), folder = try TemporaryFolder(), path = folder.file("a.zarr")
        let whole = FailingImage(image)
        _ = try run(whole, to: folder.file("other.zarr"))
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 4), to: path) }
        try Damage.short.happen(to: path + ".part/result.zarr/0/c/0/0/0")
        let error = try #require(throws: InferenceError.self) { try run(FailingImage(image), to: path) }
        #expect("\(error)".contains("is damaged") && "\(error)".contains("remove the folder \(path).part"), "\(error)")
    }

    @Test("Values that labels are made of are computed anew where they are not there", arguments: Damage.allCases)
    func labels(_ damage: Damage) throws {
        let method = StreamedRun.Product.labels(try Fixture.postprocessor("{id: connectedComponents, channel: 0, threshold: 0.5}"))
        let image = try Fixture.image([300, 300]), folder = try TemporaryFolder()
        let (path, other) = (folder.file("a.tif"), folder.file("other.tif"))
        let whole = FailingImage(image), expected = try run(whole, to: other, method)
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 4), to: path, method) }
        try damage.happen(to: path + ".part/values")
        let report = try run(FailingImage(image), to: path, method)
        #expect(report.resumedTiles < expected.tiles - 4 && report.objects == expected.objects)
        #expect(try bytes(path) == bytes(other))
    }

    @Test("Of several samples those that were finished are done again too, if they are not there")
    func samples() throws {
        let folder = try TemporaryFolder(), path = folder.file("a.tif"), other = folder.file("other.tif")
        var numbers: [UInt16] = []
        for _ in 0..<3 {
            guard case .uint16(let values) = try Fixture.image([200, 200]).pixels else { continue }
            numbers += values.map { $0 &+ UInt16(numbers.count / 40_000) }
        }
        let image = try #require(Image(shape: [3, 200, 200], axes: [.time, .y, .x], pixels: .uint16(numbers)))
        let whole = FailingImage(image)
        _ = try run(whole, to: other)
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 3), to: path) }
        #expect(try String(contentsOfFile: path + ".part/journal", encoding: .utf8).contains("\nsample 2 "))
        // Within the first sample.
        let result = URL(fileURLWithPath: path + ".part/result.tif")
        var bytes = try Data(contentsOf: result)
        for place in 0..<64 { bytes[8192 + 512 * 4 * 120 + place] = 0 }
        try bytes.write(to: result)
        #expect(try run(FailingImage(image), to: path).resumedTiles < 9)
        #expect(try self.bytes(path) == self.bytes(other))
    }

    private static let mirrored = Blending(window: [64, 64], overlap: 0.5, mirror: ["x"])

    /// Ends a run on averaged windows behind twelve of sixteen.
    private func interrupt(_ image: Image, _ folder: TemporaryFolder, to path: String) throws {
        let whole = FailingImage(image)
        let report = try run(whole, to: folder.file("other.tif"), .output(nil), Self.mirrored)
        #expect(report.tiles == 16)
        #expect(throws: InferenceError.self) {
            try run(FailingImage(image, after: whole.reads - 4), to: path, .output(nil), Self.mirrored)
        }
    }

    @Test("Sums that are not those of the journal are refused, with the folder to remove", arguments: Damage.allCases)
    func sums(_ damage: Damage) throws {
        let image = try Fixture.image([150, 150]), folder = try TemporaryFolder(), path = folder.file("a.tif")
        try interrupt(image, folder, to: path)
        try damage.happen(to: path + ".part/sums-1")
        let error = try #require(throws: InferenceError.self) { try run(FailingImage(image), to: path, .output(nil), Self.mirrored) }
        #expect("\(error)".contains("sums") && "\(error)".contains("remove the folder \(path).part"), "\(error)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A journal that is older than the sums is noticed, by a window and by many", arguments: [3, 4, 10])
    func oldJournal(_ lost: Int) throws {
        let image = try Fixture.image([150, 150]), folder = try TemporaryFolder(), path = folder.file("a.tif")
        try interrupt(image, folder, to: path)
        let journal = path + ".part/journal"
        let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
        try Data((lines.dropLast(lost).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: journal))
        let error = try #require(throws: InferenceError.self) { try run(FailingImage(image), to: path, .output(nil), Self.mirrored) }
        #expect("\(error)".contains("not those of which its journal speaks"), "\(error)")
    }

    @Test("What was kept of the sums has to be what was kept", arguments: Damage.allCases)
    func kept(_ damage: Damage) throws {
        let image = try Fixture.image([150, 150]), folder = try TemporaryFolder(), path = folder.file("a.tif")
        try interrupt(image, folder, to: path)
        // The last window's sums are changed, and the line that says so is missing.
        let journal = path + ".part/journal"
        let lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: true)
        try Data((lines.dropLast().joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: journal))
        try damage.happen(to: path + ".part/sums-1-kept")
        let error = try #require(throws: InferenceError.self) { try run(FailingImage(image), to: path, .output(nil), Self.mirrored) }
        #expect("\(error)".contains("not those of which its journal speaks"), "\(error)")
    }

    @Test(
        "A finished result whose journal lost lines is told as that, each time, and is made again when it is gone", arguments: [1, 5, 300])
    func placedResult(_ lost: Int) throws {
        let image = try Fixture.image([300, 600]), folder = try TemporaryFolder()
        let (path, other) = (folder.file("a.tif"), folder.file("other.tif")), journal = path + ".part/journal"
        func run(keepsWork: Bool) throws -> StreamedRun.Report {
            try StreamedRun(
                predictor(), on: ["raw": .image(FailingImage(image))], to: [.init(path, .output(nil))], options: .init(tile: [96, 96]),
                key: { "test" }, keepsWork: keepsWork
            ).run()
        }
        _ = try self.run(FailingImage(image), to: other)
        _ = try run(keepsWork: true)
        #expect(FileManager.default.fileExists(atPath: path))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: journal))
        try bytes.dropLast(lost).write(to: URL(fileURLWithPath: journal))
        for _ in 0..<2 {
            let error = try #require(throws: InferenceError.self) { try run(keepsWork: false) }
            #expect("\(error)".contains("\(path) exists, and the journal of an interrupted run in \(path).part is damaged"), "\(error)")
            #expect("\(error)".contains("or remove it, and run again"))
        }
        try FileManager.default.removeItem(atPath: path)
        _ = try run(keepsWork: false)
        #expect(try self.bytes(path) == self.bytes(other) && !FileManager.default.fileExists(atPath: path + ".part"))
    }

    @Test("Of a journal counts what stands in front of the first line that does not hold, or is missing", arguments: [false, true])
    func journal(_ isMissing: Bool) throws {
        let image = try Fixture.image([300, 600]), folder = try TemporaryFolder()
        let (path, other) = (folder.file("a.tif"), folder.file("other.tif")), journal = path + ".part/journal"
        let whole = FailingImage(image)
        _ = try run(whole, to: other)
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: whole.reads - 4), to: path) }
        var lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n").map(String.init)
        let finished = lines.indices.filter { lines[$0].first?.isNumber == true }
        #expect(finished.count > 6)
        if isMissing { lines.remove(at: finished[3]) } else { lines[finished[3]] = "9" + lines[finished[3]] }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: journal))
        #expect(try run(FailingImage(image), to: path).resumedTiles == 3)
        #expect(try bytes(path) == bytes(other))
    }
}
