import ModelPackages
import NeuralNetwork
import Testing

/// Every step against values that NumPy and SciPy computed.
@Suite struct ProcessingTests {
    @Test(
        "A step gives what NumPy gives",
        arguments: [
            ("clip", "{id: clip, kwargs: {min: 80, max: 120.5}}"),
            ("clip_percentile", "{id: clip, kwargs: {min_percentile: 5, max_percentile: 90, axes: [y, x]}}"),
            ("clip_percentile_whole", "{id: clip, kwargs: {min_percentile: 5, max_percentile: 90}}"),
            ("clip_percentile_whole", "{id: clip, kwargs: {min_percentile: 5, max_percentile: 90, axes: [batch, channel, y, x]}}"),
            ("scale_linear", "{id: scale_linear, kwargs: {gain: 0.25, offset: -3}}"),
            ("scale_linear_channel", "{id: scale_linear, kwargs: {axis: channel, gain: [1, 2, 0.5], offset: [-1, 0, 7]}}"),
            ("zero_mean", "{id: zero_mean_unit_variance, kwargs: {axes: [channel, y, x]}}"),
            ("zero_mean", "{id: zero_mean_unit_variance}"),
            ("zero_mean_yx", "{id: zero_mean_unit_variance, kwargs: {axes: [x, y], eps: 0.05}}"),
            ("zero_mean_channel", "{id: zero_mean_unit_variance, kwargs: {axes: [channel]}}"),
            ("fixed", "{id: fixed_zero_mean_unit_variance, kwargs: {mean: 101.5, std: 13.7}}"),
            ("fixed_channel", "{id: fixed_zero_mean_unit_variance, kwargs: {mean: [1, 2, 3], std: [4, 5, 6], axis: channel}}"),
            ("scale_range", "{id: scale_range, kwargs: {axes: [y, x], min_percentile: 5, max_percentile: 99.8}}"),
        ])
    func step(golden: String, step: String) throws {
        let package = try Fixture.package(Fixture.description(preprocessing: "[\(step)]"))
        let result = try #require(try package.preprocess(["raw": try Fixture.tensor("input")])["raw"])
        try expect(result, equals: try Fixture.tensor(golden))
    }

    @Test("Sigmoid and softmax give what SciPy gives")
    func functions() throws {
        let scaled = "{id: scale_linear, kwargs: {gain: 0.02, offset: -2}}"
        let sigmoid = try postprocessed("[\(scaled), {id: sigmoid}]", "input")
        try expect(sigmoid, equals: try Fixture.tensor("sigmoid"), within: 1e-6)
        let softmax = try postprocessed("[{id: scale_linear, kwargs: {gain: 0.02}}, {id: softmax}]", "input")
        try expect(softmax, equals: try Fixture.tensor("softmax"), within: 2e-6)
    }

    @Test("A softmax of very large values stays finite")
    func largeSoftmax() throws {
        let softmax = try postprocessed("[{id: scale_linear, kwargs: {gain: 1.0e6}}, {id: softmax}]", "input")
        let values = try #require(softmax.tensor.floats)
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(abs(values.reduce(0, +) - 77) < 1e-4)
    }

    @Test("Binarize is true above the threshold, along an axis too")
    func binarize() throws {
        for (golden, arguments) in [("binarize", "threshold: 100"), ("binarize_channel", "threshold: [90, 300, 110], axis: channel")] {
            let result = try postprocessed("[{id: binarize, kwargs: {\(arguments)}}]", "input")
            guard case .bool(let values) = result.tensor.storage, case .uint8(let expected) = try Fixture.tensor(golden).tensor.storage
            else {
                Issue.record("binarize gives booleans")
                return
            }
            #expect(values.map { $0 ? 1 : 0 } == expected)
        }
    }

    @Test("Statistics can come from an input as it was before its preprocessing")
    func referenceTensor() throws {
        let input = try Fixture.tensor("input")
        let reference = try Fixture.tensor("reference")
        let range = "{id: scale_range, kwargs: {reference_tensor: raw, min_percentile: 1, max_percentile: 99, axes: [channel, y, x]}}"
        let package = try Fixture.package(Fixture.description(postprocessing: "[\(range)]"))
        let scaled = try #require(try package.postprocess(["result": input], references: ["raw": reference])["result"])
        try expect(scaled, equals: try Fixture.tensor("scale_range_reference"))
        let moments = try Fixture.package(
            Fixture.description(postprocessing: "[{id: scale_mean_variance, kwargs: {reference_tensor: raw, axes: [channel, y, x]}}]"))
        let matched = try #require(try moments.postprocess(["result": input], references: ["raw": reference])["result"])
        try expect(matched, equals: try Fixture.tensor("scale_mean_variance"))
    }

    @Test("Whole numbers are scaled without losing any")
    func wholeNumbers() throws {
        let package = try Fixture.package(
            Fixture.description(
                preprocessing: "[{id: scale_range, kwargs: {axes: [channel, y, x]}}, {id: ensure_dtype, kwargs: {dtype: float32}}]"))
        let result = try #require(try package.preprocess(["counts": try Fixture.tensor("counts")])["counts"])
        try expect(result, equals: try Fixture.tensor("scale_range_counts"))
    }

    @Test("A cast cuts fractions off and wraps around")
    func cast() throws {
        let result = try postprocessed("[{id: ensure_dtype, kwargs: {dtype: uint8}}]", "input")
        #expect(result.tensor.storage == (try Fixture.tensor("to_uint8").tensor.storage))
    }

    @Test("A step sees the result of the step before it")
    func order() throws {
        let clipped = try postprocessed("[{id: clip, kwargs: {min: 80, max: 120.5}}]", "input")
        let package = try Fixture.package(Fixture.description(preprocessing: "[{id: zero_mean_unit_variance}]"))
        let expected = try #require(try package.preprocess(["raw": clipped])["raw"])
        let both = try postprocessed("[{id: clip, kwargs: {min: 80, max: 120.5}}, {id: zero_mean_unit_variance}]", "input")
        #expect(both == expected)
    }

    @Test("Percentiles do not depend on the order of the values")
    func percentiles() throws {
        let step = "[{id: clip, kwargs: {min_percentile: 30, max_percentile: 70, axes: [channel, y, x]}}]"
        for count in [1, 2, 3, 10, 1000] {
            var values = (0..<count).map { Float($0 * 7919 % count) - Float(count / 2) }
            let forwards = try postprocessed(step, values: values)
            values.reverse()
            let backwards = try postprocessed(step, values: values)
            let sorted = values.sorted()
            let low = sorted[max(0, Int((Double(count) * 0.3).rounded(.up)) - 1)]
            #expect(forwards.tensor.floats?.min() == low)
            #expect(forwards.tensor.floats?.reversed() == backwards.tensor.floats)
        }
    }

    @Test("Where one value is NaN its percentiles are, and so is all that they limit", arguments: ["", "min_percentile: 10, "])
    func percentileOfNaN(_ low: String) throws {
        let step = "[{id: clip, kwargs: {\(low)max_percentile: 90, axes: [channel, y, x]}}]"
        let result = try postprocessed(step, values: [1, 2, .nan, 4])
        #expect(result.tensor.floats?.allSatisfy(\.isNaN) == true)
        let plain = try postprocessed("[{id: clip, kwargs: {min: 2, max: 3}}]", values: [1, .nan, 4])
        #expect(plain.tensor.floats?.map(\.isNaN) == [false, true, false])
    }

    @Test(
        "A clip with one limit limits nothing on the other side, infinities included, as bioimageio.core 0.11 has it",
        arguments: [
            ("min: 2", [2, 2, 3, .infinity]), ("max: 2", [-.infinity, 1, 2, 2]), ("min: 1.5, max: 2", [1.5, 1.5, 2, 2]),
        ] as [(String, [Float])])
    func oneLimit(_ limits: String, _ expected: [Float]) throws {
        let result = try postprocessed("[{id: clip, kwargs: {\(limits)}}]", values: [-.infinity, 1, 3, .infinity])
        #expect(result.tensor.floats == expected)
    }

    @Test("Statistics of whole numbers of 8 and 16 bits are those of the same numbers in float32", arguments: ElementType.allCases)
    func wholeStatistics(_ type: ElementType) throws {
        guard type.isInteger, type.byteCount < 4 else { return }
        let whole: [Float] = [3, 1, 100, 27, 90, 4]
        func result(_ storage: TensorStorage) throws -> TensorStorage {
            let package = try Fixture.package(
                Fixture.description(
                    postprocessing: "[{id: zero_mean_unit_variance}, {id: clip, kwargs: {min_percentile: 20, max_percentile: 80}}]"))
            let tensor = try #require(Tensor(shape: [1, 1, 2, 3], storage: storage))
            let named = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))
            return try #require(try package.postprocess(["result": named], references: [:])["result"]).tensor.storage
        }
        let own: TensorStorage =
            switch type {
            case .int8: .int8(whole.map { Int8($0) })
            case .uint8: .uint8(whole.map { UInt8($0) })
            case .int16: .int16(whole.map { Int16($0) })
            default: .uint16(whole.map { UInt16($0) })
            }
        #expect(try result(own) == result(.float32(whole)))
    }

    private func postprocessed(_ steps: String, _ golden: String) throws -> AxisTensor {
        let package = try Fixture.package(Fixture.description(postprocessing: steps))
        return try #require(try package.postprocess(["result": try Fixture.tensor(golden)], references: [:])["result"])
    }

    private func postprocessed(_ steps: String, values: [Float]) throws -> AxisTensor {
        let package = try Fixture.package(Fixture.description(postprocessing: steps))
        let tensor = try #require(Tensor(shape: [1, 1, 1, values.count], storage: .float32(values)))
        let named = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))
        return try #require(try package.postprocess(["result": named], references: [:])["result"])
    }

    /// Equal up to the last bit of `float32`, or relative to the greater of the value and 1.
    private func expect(_ result: AxisTensor, equals expected: AxisTensor, within tolerance: Float = 2.4e-7) throws {
        #expect(result.shape == expected.shape)
        let values = try #require(result.tensor.floats)
        let aims = try #require(expected.tensor.floats)
        let worst = zip(values, aims).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
        #expect(worst <= tolerance)
    }
}
