import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Packages that do not keep what they promise.
@Suite struct PackageCheckTests {
    @Test("An output that differs from its test tensor fails, with the greatest difference and the share of wrong elements")
    func wrongOutput() throws {
        let check = try check { folder in
            guard case .float32(var values) = try NPY.read(folder + "/probability.npy").pixels else { return }
            values[5] += 0.25
            try NPY.write(NPYArray(shape: [1, 2, 76, 92], pixels: .float32(values)), to: folder + "/probability.npy")
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
                NPYArray(shape: [1, 2, 2, 2], pixels: .float32([Float](repeating: 0, count: 8))), to: folder + "/probability.npy")
        }
        #expect(!output.passed)
        #expect(output.outputs[0].comparison == nil)
        let input = try check { folder in
            try NPY.write(NPYArray(shape: [1, 1, 13, 16], pixels: .uint16([UInt16](repeating: 0, count: 208))), to: folder + "/raw.npy")
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
            try check(dropping: "nothing") { try Data("x".utf8).write(to: URL(fileURLWithPath: $0 + "/raw.npy")) }
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
        #expect(other.maxAbsoluteDifference == .infinity)
        #expect(try TensorComparison(tensor([1]), with: tensor([1, 1]), tolerance: loose) == nil)
    }

    /// The check of a copy of `unet` without digests (or without the lines' `dropping`), after a change to its folder.
    private func check(dropping key: String = ", sha256", _ change: (String) throws -> Void) throws -> PackageCheck {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("concours-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: URL(fileURLWithPath: try Fixture.folder("unet")), to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("bioimageio.yaml")
        var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        if key == ", sha256" {
            lines = lines.map { line in
                guard line.contains("test_tensor"), let place = line.range(of: key) else { return line }
                return line[..<place.lowerBound] + "}"
            }
        } else {
            lines.removeAll { $0.contains(key) }
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        try change(folder.path)
        return try PackageCheck(try ModelPackage(folder: folder.path))
    }
}
