import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Images from files through networks to files, against the same in memory.
@Suite struct StreamingTests {
    /// A golden package with other steps before the network.
    private func predictor(_ name: String, preprocessing: String? = nil, postprocessing: String? = nil) throws -> Predictor {
        let source = try Fixture.folder(name)
        guard preprocessing != nil || postprocessing != nil else { return try Predictor(ModelPackage(folder: source)) }
        let folder = try TemporaryFolder()
        let copy = folder.file("package")
        try FileManager.default.copyItem(atPath: source, toPath: copy)
        let yaml = URL(fileURLWithPath: copy + "/bioimageio.yaml")
        var lines = try String(contentsOf: yaml, encoding: .utf8).split(separator: "\n").map(String.init)
        for (key, steps) in [("preprocessing:", preprocessing), ("postprocessing:", postprocessing)] {
            guard let steps, let start = lines.firstIndex(where: { $0.trimmingCharacters(in: .whitespaces) == key }) else { continue }
            let end = lines[(start + 1)...].firstIndex { !$0.hasPrefix("      -") } ?? lines.count
            lines.replaceSubrange(start..<end, with: ["    \(key) [\(steps)]"])
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: yaml)
        return try Predictor(ModelPackage(folder: copy))
    }

    private func floats(_ path: String) throws -> [Float] {
        let image = try ImageFile.blocks(path)
        guard case .float32(let values) = try image.read(image.shape.map { 0..<$0 }) else { return [] }
        return values
    }

    private static let steps = [
        "{id: zero_mean_unit_variance, kwargs: {axes: [channel, y, x]}}",
        "{id: scale_range, kwargs: {axes: [y, x], min_percentile: 1, max_percentile: 99.8}}",
        "{id: ensure_dtype, kwargs: {dtype: float64}}, {id: scale_range, kwargs: {axes: [y, x], min_percentile: 3, max_percentile: 97.3}}",
        "{id: ensure_dtype, kwargs: {dtype: float32}}, {id: clip, kwargs: {min_percentile: 5, max_percentile: 90, axes: [y, x]}}, {id: zero_mean_unit_variance, kwargs: {axes: [y, x]}}",
        "{id: scale_linear, kwargs: {gain: 0.001, offset: -1.5}}, {id: scale_range, kwargs: {axes: [channel, y, x], reference_tensor: raw}}",
        "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 1800, std: 900}}",
        "{id: zero_mean_unit_variance, kwargs: {axes: [x]}}",
        "{id: scale_linear, kwargs: {gain: 0.001}}, {id: softmax, kwargs: {axis: x}}",
        "{id: scale_linear, kwargs: {gain: 0.001}}, {id: softmax, kwargs: {axis: y}}, {id: scale_range, kwargs: {axes: [y, x]}}",
    ]

    @Test(
        "A streamed image gives, bit for bit, what it gives in memory, whatever its preprocessing asks of the whole image", arguments: steps
    )
    func preprocessing(_ steps: String) throws {
        let predictor = try predictor("unet", preprocessing: steps)
        let image = try Fixture.image([602, 701])
        let expected = try predictor.predict(image)
        let folder = try TemporaryFolder()
        for (name, tile) in [("a.zarr", [200, 304]), ("b.tif", [304, 96])] {
            let path = folder.file(name)
            let report = try StreamedRun(
                predictor, on: FailingImage(image), to: path, .output(nil), options: .init(tile: tile), key: "test"
            ).run()
            #expect(report.isExact && report.tiles > 1 && report.resumedTiles == 0)
            #expect(try floats(path) == expected.outputs[0].values)
        }
        #expect(try folder.names == ["a.zarr", "b.tif"])
    }

    @Test("Steps behind the network that need the whole output are exact too")
    func postprocessing() throws {
        let steps =
            "{id: sigmoid}, {id: scale_mean_variance, kwargs: {reference_tensor: raw, axes: [y, x]}}, {id: clip, kwargs: {min_percentile: 2, max_percentile: 98, axes: [channel, y, x]}}"
        // The input has one channel and the output two: statistics over all of them.
        let predictor = try predictor(
            "unet", postprocessing: steps.replacingOccurrences(of: "axes: [y, x]}}, {id: clip", with: "axes: [channel, y, x]}}, {id: clip"))
        let image = try Fixture.image([602, 701])
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        _ = try StreamedRun(predictor, on: FailingImage(image), to: path, .output(nil), options: .init(tile: [200, 304]), key: "test").run()
        #expect(try floats(path) == predictor.predict(image).outputs[0].values)
    }

    @Test("A softmax along an axis is that of the whole image", arguments: ["y", "x", "channel"])
    func softmax(_ axis: String) throws {
        let predictor = try predictor("unet", postprocessing: "{id: softmax, kwargs: {axis: \(axis)}}, {id: sigmoid}")
        let folder = try TemporaryFolder()
        for (name, shape, tile) in [
            // Tiles of more elements than are processed at once, and of fewer.
            ("a.zarr", [36, 40], nil), ("b.tif", [602, 701], [200, 304]), ("c.tif", [602, 701], [608, 704]),
        ] {
            let image = try Fixture.image(shape), path = folder.file(name)
            _ = try StreamedRun(predictor, on: FailingImage(image), to: path, .output(nil), options: .init(tile: tile), key: "test").run()
            #expect(try floats(path) == predictor.predict(image).outputs[0].values)
        }
        let path = folder.file("labels.tif"), method = try Fixture.postprocessor("{id: threshold, threshold: 0.5004}")
        let image = try Fixture.image([602, 701])
        _ = try StreamedRun(predictor, on: FailingImage(image), to: path, .labels(method), options: .init(tile: [200, 304]), key: "test")
            .run()
        #expect(try LabelImage(ImageFile.read(path)).labels == method.labels(from: predictor.predict(image).outputs).labels)
    }

    @Test(
        "Padding, other resolutions and stacks are streamed as they are in memory",
        arguments: [("unet", [333, 150]), ("half", [301, 150]), ("stack", [15, 33, 70])])
    func shapes(_ name: String, _ shape: [Int]) throws {
        let predictor = try predictor(name)
        let image = try Fixture.image(shape)
        let expected = try predictor.predict(image)
        let folder = try TemporaryFolder()
        let path = folder.file("a.zarr")
        let tile = shape.map { max(8, $0 / 3) }
        _ = try StreamedRun(predictor, on: FailingImage(image), to: path, .output(nil), options: .init(tile: tile), key: "test").run()
        #expect(try floats(path) == expected.outputs[0].values)
        #expect(try ImageFile.blocks(path).spacing == expected.outputs[0].spacing)
    }

    @Test("Large parts of a result are cut where the chunks of its file are, so that none is written twice")
    func chunks() throws {
        let predictor = try predictor("unet"), folder = try TemporaryFolder(), path = folder.file("a.zarr")
        _ = try StreamedRun(
            predictor, on: [predictor.package.inputs[0].id: .image(WholeImageBlocks(Fixture.image([602, 701])))],
            to: [.init(path, .output(nil))], options: .init(tile: [608, 704]), key: { "test" }, keepsWork: true
        ).run()
        let lines = try String(contentsOfFile: path + ".part/journal", encoding: .utf8).split(separator: "\n")
        let regions = lines.filter { $0.hasPrefix("wrote ") }.map { $0.split(separator: " ")[2].split(separator: ",") }
        #expect(regions.count >= 4)
        for region in regions {
            let starts = region.suffix(2).compactMap { Int($0.prefix { $0 != "-" }) }
            #expect(starts.count == 2 && starts.allSatisfy { $0 % 512 == 0 }, "\(region)")
        }
    }

    private static let postprocessors = [
        "{id: connectedComponents, channel: 0, threshold: 0.5}",
        "{id: connectedComponents, channel: 1, threshold: 0.88, connectivity: 8, minSize: 7}",
        "{id: threshold, channel: 1, threshold: 0.8}", "{id: argmax}",
        "{id: watershed, foreground: 0, boundary: 1, seedThreshold: 0.1, maskThreshold: 0.95}",
        "{id: watershed, foreground: 0, seedThreshold: 0.85, maskThreshold: 0.7, connectivity: 8, minSize: 5}",
        "{id: watershed, foreground: 0, distance: 1, seedThreshold: 0.93, maskThreshold: 0.72}",
    ]

    @Test(
        "Labels made block by block are those of the whole image: objects across seams, numbers, small ones dropped",
        arguments: postprocessors)
    func labels(_ yaml: String) throws {
        let method = try Fixture.postprocessor(yaml)
        let predictor = try predictor("unet")
        let image = try Fixture.image([904, 1000])
        let expected = try method.labels(from: predictor.predict(image).outputs)
        let folder = try TemporaryFolder()
        let path = folder.file("labels.tif")
        let report = try StreamedRun(
            predictor, on: FailingImage(image), to: path, .labels(method), options: .init(tile: [304, 304]), key: "test"
        ).run()
        let labels = try LabelImage(ImageFile.read(path))
        #expect(labels.labels == expected.labels)
        if let objects = report.objects { #expect(objects == Int(expected.labels.max() ?? 0) && objects > 10) }
        #expect(try folder.names == ["labels.tif"])
    }

    @Test(
        "Labels of a stack, too",
        arguments: [
            "{id: connectedComponents, channel: 0, threshold: 0.5, connectivity: 6}",
            "{id: connectedComponents, channel: 0, threshold: 0.5, connectivity: 18}",
            "{id: connectedComponents, channel: 0, threshold: 0.52, connectivity: 26, minSize: 3}",
            "{id: watershed, foreground: 0, seedThreshold: 0.53, maskThreshold: 0.5, connectivity: 6}",
        ])
    func stackLabels(_ yaml: String) throws {
        let method = try Fixture.postprocessor(yaml)
        let predictor = try predictor("stack")
        let image = try Fixture.image([18, 30, 280])
        let expected = try method.labels(from: predictor.predict(image).outputs)
        let folder = try TemporaryFolder()
        let path = folder.file("labels.zarr")
        _ = try StreamedRun(predictor, on: FailingImage(image), to: path, .labels(method), options: .init(), key: "test").run()
        let read = try ImageFile.blocks(path)
        #expect(read.type == .uint16)
        guard case .uint16(let labels) = try read.read(read.shape.map { 0..<$0 }) else { return }
        #expect(labels.map(UInt32.init) == expected.labels)
    }

    @Test(
        "A run that ended in the middle goes on with the tiles that are missing, and its bytes are the same",
        arguments: ["a.zarr", "a.tif"])
    func resumption(_ name: String) throws {
        let predictor = try predictor("unet", preprocessing: "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 1800, std: 900}}")
        let image = try Fixture.image([300, 300])
        let folder = try TemporaryFolder()
        let path = folder.file(name)
        func run(_ blocks: FailingImage, key: String = "test", to path: String) throws -> StreamedRun.Report {
            try StreamedRun(predictor, on: blocks, to: path, .output(nil), options: .init(tile: [100, 100]), key: key).run()
        }
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: 4), to: path) }
        #expect(try folder.names == [name + ".part"])
        // A line that was being written when the process died does not count.
        let journal = try #require(FileHandle(forWritingAtPath: path + ".part/journal"))
        try journal.seekToEnd()
        try journal.write(contentsOf: Data("8".utf8))
        try journal.close()
        let other = try #require(throws: InferenceError.self) { try run(FailingImage(image), key: "another image", to: path) }
        #expect("\(other)".contains("left its work in \(path).part;"))
        let report = try run(FailingImage(image), to: path)
        #expect(report.resumedTiles == 4 && report.tiles == 9)
        let whole = folder.file("whole") + name
        _ = try run(FailingImage(image), to: whole)
        #expect(try floats(path) == floats(whole))
        if name.hasSuffix(".tif") {
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: whole)))
        }
        #expect(throws: InferenceError.self) { try run(FailingImage(image), to: path) }
    }

    @Test("A run does not go on with other convolutions than it began with, though its tiles and windows are the same")
    func otherConvolutions() throws {
        // Too few channels for Winograd's kernels, so that all convolutions need the same context.
        let predictor = try predictor("unet"), image = try Fixture.image([300, 300]), folder = try TemporaryFolder(),
            path = folder.file("a.tif")
        func run(_ convolutions: RunOptions.Convolutions, _ blocks: FailingImage, to path: String) throws -> StreamedRun.Report {
            let options = PredictionOptions(tile: [100, 100], run: .init(convolutions: convolutions))
            return try StreamedRun(predictor, on: blocks, to: path, .output(nil), options: options, key: "test").run()
        }
        let windows = try RunOptions.Convolutions.allCases.map {
            try run($0, FailingImage(image), to: folder.file("\($0).tif")).largestWindow
        }
        #expect(Set(windows).count == 1)
        #expect(throws: InferenceError.self) { try run(.winograd4, FailingImage(image, after: 4), to: path) }
        for other in [RunOptions.Convolutions.winograd2, .direct] {
            let error = try #require(throws: InferenceError.self) { try run(other, FailingImage(image), to: path) }
            #expect("\(error)".contains("an interrupted run of another model, image, tile or option"))
        }
        #expect(try run(.winograd4, FailingImage(image), to: path).resumedTiles > 0)
    }

    /// Runs on overlapping, mirrored windows, or on tiles.
    private func run(
        _ predictor: Predictor, _ blocks: FailingImage, to path: String, isAveraged: Bool = true,
        telling tell: @escaping (RunEvent) -> Void = { _ in }
    ) throws -> StreamedRun.Report {
        let blending = Blending(window: [64, 64], overlap: 0.5, mirror: ["x"])
        return try StreamedRun(
            predictor, on: blocks, to: path, .output(nil),
            options: .init(tile: isAveraged ? nil : [64, 64], blending: isAveraged ? blending : nil), key: "test"
        ).run(telling: tell)
    }

    @Test("Averaged windows and the tiles of another run leave each other alone")
    func otherWindows() throws {
        let predictor = try predictor("unet"), image = try Fixture.image([150, 150]), folder = try TemporaryFolder(),
            path = folder.file("a.tif")
        for isAveraged in [false, true] {
            #expect(throws: InferenceError.self) { try run(predictor, FailingImage(image, after: 5), to: path, isAveraged: isAveraged) }
            #expect(throws: InferenceError.self) { try run(predictor, FailingImage(image), to: path, isAveraged: !isAveraged) }
            #expect(try run(predictor, FailingImage(image), to: path, isAveraged: isAveraged).resumedTiles > 0)
            try FileManager.default.removeItem(atPath: path)
        }
    }

    @Test(
        "Averaged windows go on after an interruption, with the same bytes: between windows, and while sums are changed",
        arguments: [1, 4, 15], [false, true])
    func averagedWindows(_ windows: Int, _ isChanging: Bool) throws {
        let predictor = try predictor("unet", preprocessing: "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 1800, std: 900}}")
        let image = try Fixture.image([150, 150]), folder = try TemporaryFolder()
        let path = folder.file("a.tif"), other = folder.file("other.tif"), journal = path + ".part/journal"
        let whole = try run(predictor, FailingImage(image), to: other)
        #expect(whole.tiles == 16 && whole.resumedTiles == 0)
        #expect(throws: InferenceError.self) { try run(predictor, FailingImage(image, after: windows), to: path) }
        var lines = try String(contentsOfFile: journal, encoding: .utf8).split(separator: "\n")
        #expect(lines.last?.hasPrefix("\(windows - 1) ") == true)
        if isChanging {
            // The sums are changed, and the line that says so is missing.
            lines.removeLast()
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: journal))
        }
        let report = try run(predictor, FailingImage(image), to: path)
        #expect(report.resumedTiles == (isChanging ? windows - 1 : windows))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contentsOf: URL(fileURLWithPath: other)))
        #expect(try folder.names == ["a.tif", "other.tif"])
    }

    @Test("A run that ended behind all windows, while the averages were written, writes them anew with the same bytes")
    func averagesHalfWritten() throws {
        let predictor = try predictor("unet"), image = try Fixture.image([150, 150]), folder = try TemporaryFolder()
        let other = folder.file("other.tif"), path = folder.file("a.tif"), part = path + ".part"
        // What lies on the disk behind the last window is what a run that is killed then leaves behind.
        let whole = try run(predictor, FailingImage(image), to: other) { event in
            guard case .tiles(16, 16) = event else { return }
            try? FileManager.default.copyItem(atPath: other + ".part", toPath: part)
        }
        let expected = try Data(contentsOf: URL(fileURLWithPath: other)), result = URL(fileURLWithPath: part + "/result.tif")
        let begun = try Data(contentsOf: result), half = begun.count * 3 / 4
        #expect(whole.tiles == 16 && begun != expected && begun.count == expected.count)
        try (expected[..<half] + begun[half...]).write(to: result)
        let lines = try String(contentsOfFile: part + "/journal", encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 33 && lines[31].hasPrefix("undo 15 ") && lines[32].hasPrefix("15 "))
        #expect(try run(predictor, FailingImage(image), to: path).resumedTiles == 15)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == expected)
        #expect(try folder.names == ["a.tif", "other.tif"])
    }

    @Test("Sums that are gone are told, and not taken as zero")
    func lostSums() throws {
        let predictor = try predictor("unet"), image = try Fixture.image([150, 150]), folder = try TemporaryFolder(),
            path = folder.file("a.tif")
        #expect(throws: InferenceError.self) { try run(predictor, FailingImage(image, after: 8), to: path) }
        try FileManager.default.removeItem(atPath: path + ".part/sums-1")
        let error = try #require(throws: InferenceError.self) { try run(predictor, FailingImage(image), to: path) }
        #expect("\(error)".contains("sums of an interrupted run are gone"))
    }

    @Test("A global network's passes that are finished are not done again, and the bytes are the same")
    func statistics() throws {
        let predictor = try predictor("normalised"), image = try Fixture.image([76, 92]), folder = try TemporaryFolder()
        let path = folder.file("a.zarr"), other = folder.file("other.zarr")
        func run(_ blocks: FailingImage, to path: String) throws -> StreamedRun.Report {
            try StreamedRun(predictor, on: blocks, to: path, .output(nil), options: .init(tile: [32, 32]), key: "test").run()
        }
        let blocks = FailingImage(image)
        let whole = try run(blocks, to: other)
        #expect(whole.way == .statistics)
        // In the middle of the tiles, behind all passes.
        #expect(throws: InferenceError.self) { try run(FailingImage(image, after: blocks.reads - 3), to: path) }
        let passes = try String(contentsOfFile: path + ".part/journal", encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("pass ")
        }
        #expect(passes.count > 1)
        let resumed = FailingImage(image)
        #expect(try run(resumed, to: path).resumedTiles > 0)
        #expect(resumed.reads < blocks.reads / 2)
        #expect(try floats(path) == floats(other))
    }

    /// An image of which only the extents are there.
    private final class Endless: ImageBlocks {
        let shape = [60_000, 60_000]
        let axes: [Axis] = [.y, .x]
        let type = PixelType.uint16
        let geometry = ImageGeometry()
        let blockShape = [512, 512]

        func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels { throw ImageError(.unreadable, "nothing is there") }
    }

    /// How a huge image is cut for 16 MiB, by a predictor whose network has limits.
    private func plan(_ limits: NetworkLimits) throws -> TilePlan {
        let predictor = try Predictor(ModelPackage(folder: try Fixture.folder("unet")), limits: limits)
        return try StreamedPlan(predictor, [predictor.package.inputs[0].id: .image(Endless())], .init(memoryBytes: 16 << 20)).tiles
    }

    @Test("An image that no network could take whole is cut within the bound of memory, into columns for bands")
    func hugeImage() throws {
        let found = try plan(.init())
        let columns = Set(found.tiles.map { $0.inner[1] })
        #expect(columns.count > 1 && found.tiles.count > 10 * columns.count)
        // In bands a column costs no context above and below, so it is far higher than one window could be.
        let run = try predictor("unet").network.banded(inputShape: [1, 1, 4096, found.largestWindow[1]], rows: 64, stride: 4)
        #expect(try #require(run).workingSetBytes <= 16 << 20)
        #expect(found.readFactor(inBands: true) < 1.2)
    }

    @Test("A network that could not take even a few whole rows of an image goes through in the same columns")
    func wideImage() throws {
        let (free, bound) = (try plan(.init()), try plan(.init(memoryBytes: 256 << 20)))
        #expect(free.tiles == bound.tiles)
    }
}
