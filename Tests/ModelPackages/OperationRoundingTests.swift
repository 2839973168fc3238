import ModelPackages
import NeuralNetwork
import Testing

/// Steps on float32 round after every operation, as NumPy 2 does; the expected numbers are NumPy's.
@Suite struct OperationRoundingTests {
    private func result(_ steps: String, _ values: [Float]) throws -> TensorStorage {
        let package = try Fixture.package(Fixture.description(postprocessing: "[\(steps)]"))
        let tensor = try #require(Tensor(shape: [1, 3, 1, values.count / 3], storage: .float32(values)))
        let raw = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))
        return try #require(try package.postprocess(["result": raw], references: [:])["result"]).tensor.storage
    }

    private static let toBytes = "{id: scale_linear, kwargs: {gain: 255}}, {id: ensure_dtype, kwargs: {dtype: uint8}}"

    @Test("A sigmoid is 1 where 1 + exp(-x) is 1 in float32")
    func sigmoid() throws {
        let values: [Float] = [16.5, 16.6, 16.7, 17, 17.3, 40]
        #expect(try result("{id: sigmoid}, \(Self.toBytes)", values) == .uint8([254, 254, 255, 255, 255, 255]))
    }

    @Test("A softmax is 1 where the other values are lost in the sum")
    func softmax() throws {
        #expect(try result("{id: softmax}, \(Self.toBytes)", [0, 0, 17, 15, 0, 0]) == .uint8([0, 0, 255, 254, 0, 0]))
    }

    @Test("Behind lists, fixed statistics, whole numbers and truth values numbers are float64 until they are cast")
    func wide() throws {
        let toBytes = Self.toBytes, third = "kwargs: {axis: channel, gain: [0.00392156862745098, 1, 1]}"
        let bytes = (0..<255).map(Float.init)
        let levels = bytes + [Float](repeating: 0, count: 2 * bytes.count)
        func first(_ steps: String) throws -> [UInt8] {
            guard case .uint8(let values) = try result(steps, levels) else { return [] }
            return Array(values.prefix(bytes.count))
        }
        // NumPy: (x * np.array(1 / 255) * 255).astype(uint8) gives back most levels, and in float32 others.
        let exact = bytes.map { UInt8(Double($0) * 0.00392156862745098 * 255) }
        let single = bytes.map { UInt8($0 * Float(0.00392156862745098) * 255) }
        #expect(exact != single)
        #expect(try first("{id: scale_linear, \(third)}, \(toBytes)") == exact)
        let plain = "{id: scale_linear, kwargs: {gain: 0.00392156862745098}}, \(toBytes)"
        #expect(try first(plain) == single)
        #expect(try first("{id: ensure_dtype, kwargs: {dtype: uint8}}, \(plain)") == exact)
        let fixed = "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 0, std: 255}}, \(toBytes)"
        #expect(try first(fixed) == bytes.map { UInt8(Double($0) / (255 + 1e-6) * 255) })
        let truth = "{id: binarize, kwargs: {threshold: 1.5}}, {id: scale_linear, kwargs: {gain: 0.1, offset: 0.7}}, "
        let tenth = truth + "{id: scale_linear, kwargs: {gain: 10}}, {id: ensure_dtype, kwargs: {dtype: uint8}}"
        #expect(try first(tenth) == bytes.map { UInt8((Double($0 > 1.5 ? 1 : 0) * 0.1 + 0.7) * 10) })
    }

    @Test("A scale of plain numbers is rounded twice, one with lists once, and thresholds are rounded")
    func scale() throws {
        let above = "{id: binarize, kwargs: {threshold: 0.7}}"
        let plain = "{id: scale_linear, kwargs: {gain: 0.1, offset: 0.3}}, \(above)"
        #expect(try result(plain, [4, 3, 5]) == .bool([true, false, true]))
        let lists = "{id: scale_linear, kwargs: {axis: channel, gain: [0.1, 0.1, 0.1], offset: [0.3, 0.3, 0.3]}}, \(above)"
        #expect(try result(lists, [4, 3, 5]) == .bool([false, false, true]))
        #expect(try result("{id: binarize, kwargs: {threshold: 0.1}}", [0.1, 0.10000002, 0]) == .bool([false, true, false]))
    }
}
