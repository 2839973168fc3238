import Foundation
import NeuralNetwork
import Testing

/// Real networks; run where the shared data lies beside the repository.
@Suite("Networks of bioimage.io packages")
struct PackageNetworkTests {
    static let models: URL = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/data/models")
        .standardized
    static var areThere: Bool { FileManager.default.fileExists(atPath: models.appending(path: "unet2d_nuclei_broad").path) }

    private func network(_ package: String) throws -> Network {
        try Network(onnx: [UInt8](Data(contentsOf: PackageNetworkTests.models.appending(path: "\(package)/weights.onnx"))))
    }

    /// A float32 file of NumPy's format version 1 in C order.
    private func array(_ path: String) throws -> Tensor {
        let data = try Data(contentsOf: PackageNetworkTests.models.appending(path: path))
        let length = Int(data[8]) + Int(data[9]) << 8
        let header = String(decoding: data[10..<10 + length], as: UTF8.self)
        #expect(header.contains("'<f4'") && header.contains("'fortran_order': False"))
        let extents = try #require(header.split(separator: "(").last?.split(separator: ")").first)
        let shape = extents.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let values = data[(10 + length)...].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return try #require(Tensor(shape: shape, storage: .float32(values)))
    }

    /// Mean 0 and standard deviation 1 over the whole image, as both packages ask for.
    private func normalized(_ tensor: Tensor) throws -> Tensor {
        let values = try #require(tensor.floats).map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        return try #require(Tensor(shape: tensor.shape, storage: .float32(values.map { Float(($0 - mean) / (deviation + 1e-6)) })))
    }

    private func largestDifference(_ first: [Float], _ second: [Float]) -> Float {
        zip(first, second).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test("unet2d_nuclei_broad gives its test output", .enabled(if: areThere), arguments: RunOptions.Products.allCases)
    func nuclei(products: RunOptions.Products) throws {
        let network = try network("unet2d_nuclei_broad")
        let input = try normalized(try array("unet2d_nuclei_broad/test_input.npy"))
        let expected = try #require(try array("unet2d_nuclei_broad/test_output.npy").floats)
        let result = try #require(try network.run(["input.1": input], options: RunOptions(threads: 2, products: products))["82"]?.floats)
        let sigmoid = result.map { 1 / (1 + exp(-$0)) }
        #expect(largestDifference(sigmoid, expected) < 1e-5)
    }

    @Test("unet2d_nuclei_broad sees 58 pixels and has stride 8", .enabled(if: areThere))
    func nucleiReach() throws {
        let shapes = ["input.1": [1, 1, 512, 512]], options = RunOptions(convolutions: .direct)
        let reach = try #require(try network("unet2d_nuclei_broad").reach(inputShapes: shapes, options: options)["82"])
        #expect(reach.isLocal)
        let axis = try #require(reach.axes.first)
        #expect(axis.stride == 8 && max(axis.before, axis.after) == 58)
    }

    @Test("unet2d_multi_tensor gives its test outputs", .enabled(if: areThere))
    func multiTensor() throws {
        let network = try network("unet2d_multi_tensor_onnx")
        var inputs: [String: Tensor] = [:]
        for (index, port) in network.inputs.enumerated() {
            inputs[port.name] = try normalized(try array("unet2d_multi_tensor_onnx/test_input_\(index).npy"))
        }
        let results = try network.run(inputs)
        for (index, port) in network.outputs.enumerated() {
            let expected = try #require(try array("unet2d_multi_tensor_onnx/test_output_\(index).npy").floats)
            let result = try #require(results[port.name]?.floats)
            #expect(largestDifference(result, expected) < 1e-5)
        }
        let shapes = inputs.mapValues(\.shape)
        #expect(
            try network.reach(inputShapes: shapes, options: RunOptions(convolutions: .direct)).values.allSatisfy {
                $0.isLocal && $0.axes.allSatisfy { $0.stride == 8 }
            })
    }
}
