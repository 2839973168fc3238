import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Packages that do not keep what they promise.
@Suite struct PackageCheckTests {
    @Test(
        "Where the network declares no shape the description's axes and channels are judged, before the weights are read",
        arguments: [
            ([4, 1, 3, 3], true), ([4, 1, 3, 3, 3], false), ([4, 2, 3, 3], false),
        ])
    func openInput(weights: [Int], isFine: Bool) throws {
        var builder = ModelBuilder()
        builder.input("x", nil)
        builder.output("y")
        builder.weights("w", weights, [Float](repeating: 1, count: weights.reduce(1, *)))
        builder.node("Conv", ["x", "w"], ["y"])
        let made = try MadePackage(builder.file, least: 8, step: 1, outputs: [.init(channels: 4)])
        guard !isFine else {
            _ = try Predictor(made.package)
            return
        }
        #expect(throws: InferenceError.self) { try Predictor(made.package) }
    }

    @Test("An output that differs from its test tensor fails, with the greatest difference and the share of wrong elements")
    func wrongOutput() throws {
        let check = try check { folder in
            guard case .float32(var values) = try NPY.read(folder.file("probability.npy")).pixels else { return }
            values[5] += 0.25
            try NPY.write(NPYArray(shape: [1, 2, 76, 92], pixels: .float32(values)), to: folder.file("probability.npy"))
        }
        #expect(!check.passed)
        let comparison = try #require(check.outputs[0].comparison)
        #expect(abs(comparison.maxAbsoluteDifference - 0.25) < 1e-5)
        #expect(abs(comparison.mismatchedPerMillion - 1e6 / (2 * 76 * 92)) < 1e-6)
    }

    @Test("A test tensor of other extents fails, and so does an input that the description does not allow")
    func wrongExtents() throws {
        let output = try check { folder in
            try NPY.write(
                NPYArray(shape: [1, 2, 2, 2], pixels: .float32([Float](repeating: 0, count: 8))), to: folder.file("probability.npy"))
        }
        #expect(!output.passed)
        #expect(output.outputs[0].comparison == nil && output.warnings.contains { $0.contains("the network was not run") })
        let input = try check { folder in
            try NPY.write(NPYArray(shape: [1, 1, 13, 16], pixels: .uint16([UInt16](repeating: 0, count: 208))), to: folder.file("raw.npy"))
        }
        #expect(!input.passed)
        #expect(input.faults == ["test input: raw.y has 13 elements, allowed are 12 + n · 4"])
    }

    @Test("A package without test tensors does not pass")
    func noTest() throws {
        let check = try check(dropping: "test_tensor") { _ in }
        #expect(!check.passed)
        #expect(check.faults == ["raw has no test tensor, so nothing can be compared"])
    }

    @Test("A changed test tensor is found by its digest")
    func digest() throws {
        let error = try #require(throws: PackageError.self) {
            try check(dropping: "nothing") { try $0.write("x", "raw.npy") }
        }
        #expect(error.code == .digestMismatch)
    }

    @Test("NaN equals NaN and nothing else; infinity equals itself")
    func comparison() throws {
        func tensor(_ values: [Float]) throws -> AxisTensor {
            let tensor = try #require(Tensor(shape: [values.count], storage: .float32(values)))
            return try #require(AxisTensor(axes: ["x"], tensor: tensor))
        }
        let loose = ReproducibilityTolerance(relative: 1, absolute: 100, mismatchedPerMillion: 0)
        let same = try #require(TensorComparison(try tensor([.nan, .infinity]), with: try tensor([.nan, .infinity]), tolerance: loose))
        #expect(same.mismatchedPerMillion == 0)
        let other = try #require(TensorComparison(try tensor([.nan, 1]), with: try tensor([1, 1]), tolerance: loose))
        #expect(other.mismatchedPerMillion == 500_000)
        #expect(other.maxAbsoluteDifference == 0)
        #expect(other.notFinite?.count == 1 && other.notFinite?.place == "x 0")
        #expect(same.notFinite == nil)
        // A share of an infinite value covers no finite one.
        let ends = try #require(TensorComparison(try tensor([1, .infinity]), with: try tensor([.infinity, 1]), tolerance: loose))
        #expect(ends.mismatchedPerMillion == 1_000_000 && ends.maxAbsoluteDifference == 0)
        #expect(
            ends.notFinite?.words.contains("2 values are NaN or infinite") == true && ends.notFinite?.words.contains("at x 0: 1.0") == true)
        let high = try #require(Tensor(shape: [1], storage: .float64([.greatestFiniteMagnitude])))
        let low = try #require(Tensor(shape: [1], storage: .float64([-.greatestFiniteMagnitude])))
        let (top, bottom) = (try #require(AxisTensor(axes: ["x"], tensor: high)), try #require(AxisTensor(axes: ["x"], tensor: low)))
        let far = try #require(TensorComparison(top, with: bottom, tolerance: .standard))
        #expect(far.maxAbsoluteDifference.isFinite && far.mismatchedPerMillion == 1_000_000)
        #expect(try TensorComparison(tensor([1]), with: tensor([1, 1]), tolerance: loose) == nil)
    }

    @Test("A package of format 0.4 gives what the same package of format 0.5 gives", arguments: ["unet", "half", "stack", "pair"])
    func formatFour(_ name: String) throws {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder(name))
        let newer = try ModelPackage(folder: folder.path)
        try folder.write(FormatFourText.description(of: newer), "bioimageio.yaml")
        let older = try ModelPackage(folder: folder.path)
        #expect(older.formatVersion == "0.4.10")
        let (check, expected) = (try PackageCheck(older), try PackageCheck(newer))
        #expect(check.passed && expected.passed, "\(check.faults) \(expected.faults)")
        #expect(check.outputs.map(\.comparison) == expected.outputs.map(\.comparison))
        #expect(older.outputs.map { $0.axes.map(\.halo) } == newer.outputs.map { $0.axes.map(\.halo) })
    }

    @Test("The shared example passes by its description of format 0.4 as by that of 0.5")
    func sharedFormatFour() throws {
        guard let shared = Fixture.shared("data/models/unet2d_nuclei_broad") else { return }
        let folder = try TemporaryFolder()
        for name in ["weights.onnx", "test_input.npy", "test_output.npy", "test_input.png", "test_output.png"] {
            try FileManager.default.copyItem(atPath: shared + "/" + name, toPath: folder.file(name))
        }
        try FileManager.default.copyItem(atPath: shared + "/v0_4_9.bioimageio.yaml", toPath: folder.file("rdf.yaml"))
        let check = try PackageCheck(try ModelPackage(folder: folder.path))
        #expect(check.passed, "\(check.faults)")
        #expect(try #require(check.outputs[0].comparison).maxAbsoluteDifference < 1e-5)
    }

    @Test("Extents that the description allows and the network does not take are faults")
    func declaredShapes() throws {
        let check = try check(replacing: ("{min: 12, step: 4}", "{min: 12, step: 2}")) { _ in }
        #expect(check.outputs[0].passed)
        #expect(!check.passed)
        #expect(check.faults.count == 1 && check.faults[0].contains("n = 1") && check.faults[0].contains("14 x 14"), "\(check.faults)")
        let batch = try self.check(replacing: ("{type: batch, size: 1}", "{type: batch}")) { _ in }
        #expect(batch.faults.count == 3 && batch.faults.filter { $0.contains("a batch of 2") }.count == 3, "\(batch.faults)")
    }

    @Test("Where an input fixes its batch, others are tried with that batch alone")
    func mixedBatches() throws {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder("pair"))
        try folder.edit("bioimageio.yaml") { text in
            let place = try #require(text.range(of: "{type: batch, size: 1}"))
            return text.replacingCharacters(in: place, with: "{type: batch}")
        }
        let check = try PackageCheck(try ModelPackage(folder: folder.path))
        #expect(check.passed, "\(check.faults)")
    }

    @Test("Extents that the description allows and that take more memory than may be taken are a warning, not the package's fault")
    func declaredShapesBeyondMemory() throws {
        var builder = ModelBuilder()
        builder.input("x", nil)
        builder.output("y")
        builder.weights("w", [16, 1, 3, 3], [Float](repeating: 1, count: 144))
        builder.node("Conv", ["x", "w"], ["y"], [("pads", .ints([1, 1, 1, 1]))])
        let made = try MadePackage(builder.file, least: 64, step: 0, outputs: [.init(channels: 16)], test: [64, 64])
        let folder = try TemporaryFolder(copyOf: made.folder)
        try folder.edit("bioimageio.yaml") { $0.replacing("{type: batch, size: 1}", with: "{type: batch}") }
        let package = try ModelPackage(folder: folder.path)
        let network = try Network(onnx: builder.file)
        let bytes = try [1, 2].map { try network.workingSetBytes(inputShapes: ["x": [$0, 1, 64, 64]]) }
        #expect(bytes[0] < bytes[1])
        let check = try PackageCheck(package, limits: NetworkLimits(memoryBytes: (bytes[0] + bytes[1]) / 2))
        #expect(check.passed, "\(check.faults)")
        #expect(check.warnings.contains { $0.contains("a batch of 2 (raw 2 x 1 x 64 x 64): not tried") }, "\(check.warnings)")
        #expect(try PackageCheck(package).warnings.allSatisfy { !$0.contains("not tried") })
    }

    @Test(
        "A version of the operator set that is not the network's is remarked, and one that is missing where the format asks for it",
        arguments: [
            (", opset_version: 17", nil), (", opset_version: 16", "`opset_version: 16`, weights.onnx is of operator set 17"),
            ("", "write `opset_version: 17`"),
        ])
    func opset(written: String, remark: String?) throws {
        let check = try check(replacing: (", opset_version: 17", written)) { _ in }
        let remarks = check.warnings.filter { $0.contains("opset_version") }
        #expect(check.passed && remarks.count == (remark == nil ? 0 : 1), "\(check.warnings)")
        if let remark { #expect(remarks[0].contains(remark), "\(remarks)") }
    }

    @Test("A sample is checked by its digest and looked at")
    func samples() throws {
        let sample = ("    preprocessing:", "    sample_tensor: {source: sample.png}\n    preprocessing:")
        let unreadable = try check(replacing: sample) { try $0.write("x", "sample.png") }
        #expect(unreadable.passed && unreadable.warnings.contains { $0.contains("sample.png") })
        let missing = try check(replacing: sample) { _ in }
        #expect(!missing.passed && missing.faults.contains { $0.contains("the sample of raw") })
        let zeros = String(repeating: "0", count: 64)
        let changed = try check(replacing: (sample.0, sample.1.replacing("sample.png", with: "raw.npy, sha256: \(zeros)"))) { _ in }
        #expect(!changed.passed)
    }

    @Test("Values outside the declared range are remarked")
    func range() throws {
        let narrow = ("    postprocessing:", "    data: {range: [0.4, 0.5]}\n    postprocessing:")
        let check = try check(replacing: narrow) { _ in }
        #expect(check.passed && check.warnings.contains { $0.contains("outside the declared range (0.4 to 0.5)") })
        let wide = try self.check(replacing: ("    postprocessing:", "    data: {range: [0, 1]}\n    postprocessing:")) { _ in }
        #expect(!wide.warnings.contains { $0.contains("declared range") })
        let list = try self.check(replacing: ("    postprocessing:", "    data: {type: uint8, values: [3, 4]}\n    postprocessing:")) { _ in
        }
        #expect(list.warnings.contains { $0.contains("none of the declared ones (3, 4)") })
        #expect(list.warnings.contains { $0.contains("is float32, declared is uint8") })
    }

    @Test("An optional input that the network knows by itself may be left out; one that it needs is asked for")
    func optionalInputs() throws {
        let input = """
            inputs:
              - id: extra
                optional: true
                axes: [{type: batch, size: 1}, {type: channel, channel_names: [c0]}, {type: space, id: y, size: 4}, {type: space, id: x, size: 4}]
            """
        let known = try check(replacing: ("inputs:", input)) { _ in }
        #expect(known.passed, "\(known.faults)")
        #expect(!known.warnings.contains { $0.contains("declared optional") }, "\(known.warnings)")
        let needed = try check(replacing: ("inputs:\n  - id: ", "inputs:\n  - optional: true\n    id: ")) { _ in }
        #expect(needed.passed && needed.warnings.contains { $0.contains("is declared optional, but the network has no value") })
        let error = try #require(throws: PackageError.self) {
            try check(replacing: ("inputs:", input.replacing("optional: true", with: "optional: false"))) { _ in }
        }
        #expect(error.code == .network)
    }

    /// The check of a copy of `unet` after a text of its description was exchanged (everywhere) and its folder changed.
    private func check(replacing change: (old: String, new: String), _ prepare: (TemporaryFolder) throws -> Void) throws -> PackageCheck {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder("unet"))
        try folder.edit("bioimageio.yaml") { text in
            try #require(text.contains(change.old))
            return text.replacing(change.old, with: change.new)
        }
        try prepare(folder)
        return try PackageCheck(try ModelPackage(folder: folder.path))
    }

    /// The check of a copy of `unet` without digests (or without the lines' `dropping`), after a change to its folder.
    private func check(dropping key: String = ", sha256", _ change: (TemporaryFolder) throws -> Void) throws -> PackageCheck {
        let folder = try TemporaryFolder(copyOf: try Fixture.folder("unet"))
        try folder.edit("bioimageio.yaml") { text in
            let lines = text.split(separator: "\n").map(String.init)
            guard key == ", sha256" else { return lines.filter { !$0.contains(key) }.joined(separator: "\n") }
            return lines.map { line in
                guard line.contains("test_tensor"), let place = line.range(of: key) else { return line }
                return line[..<place.lowerBound] + "}"
            }.joined(separator: "\n")
        }
        try change(folder)
        return try PackageCheck(try ModelPackage(folder: folder.path))
    }
}
