import ModelPackages
import NeuralNetwork
import Testing

/// The casts that the format adds where a description does not write them.
@Suite struct ImpliedStepTests {
    private func package(
        data: String, steps: String = "[]", outputData: String = "float32", outputSteps: String = "[]"
    ) throws -> ModelPackage {
        try Fixture.package(
            """
            format_version: 0.5.4
            type: model
            name: casts
            inputs:
              - id: raw
                axes: [{type: batch}, {type: space, id: y, size: {min: 1, step: 1}}, {type: space, id: x, size: {min: 1, step: 1}}]
                data: {type: \(data)}
                preprocessing: \(steps)
            outputs:
              - id: out
                axes: [{type: batch}, {type: space, id: y, size: {tensor_id: raw, axis_id: y}}, {type: space, id: x, size: {tensor_id: raw, axis_id: x}}]
                data: {type: \(outputData)}
                postprocessing: \(outputSteps)
            weights: {onnx: {source: weights.onnx}}
            """)
    }

    private func tensor(_ storage: TensorStorage, _ shape: [Int]) throws -> AxisTensor {
        let tensor = try #require(Tensor(shape: shape, storage: storage))
        return try #require(AxisTensor(axes: ["batch", "y", "x"], tensor: tensor))
    }

    @Test(
        "An input begins and ends in its declared type of whole numbers, unless the description says otherwise",
        arguments: [
            ("uint8", "[]", ["ensure_dtype"]),
            ("uint8", "[{id: scale_linear, kwargs: {gain: 0.5}}]", ["ensure_dtype", "scale_linear", "ensure_dtype"]),
            (
                "uint8", "[{id: ensure_dtype, kwargs: {dtype: float32}}, {id: scale_linear, kwargs: {gain: 0.5}}]",
                ["ensure_dtype", "scale_linear", "ensure_dtype"]
            ),
            (
                "int16", "[{id: scale_linear, kwargs: {gain: 0.5}}, {id: ensure_dtype, kwargs: {dtype: float32}}]",
                ["ensure_dtype", "scale_linear", "ensure_dtype"]
            ),
            ("int16", "[{id: binarize, kwargs: {threshold: 3}}]", ["ensure_dtype", "binarize"]),
            ("float32", "[{id: sigmoid}]", ["sigmoid"]), ("float64", "[]", []),
        ] as [(String, String, [String])])
    func inputs(_ type: String, _ steps: String, _ expected: [String]) throws {
        #expect(try package(data: type, steps: steps).inputs[0].steps.map(\.id) == expected)
    }

    @Test(
        "An output ends in its declared type of whole numbers, unless the description says otherwise",
        arguments: [
            ("uint8", "[]", ["ensure_dtype"]), ("bool", "[{id: sigmoid}]", ["sigmoid", "ensure_dtype"]),
            ("uint8", "[{id: binarize, kwargs: {threshold: 0.5}}]", ["binarize"]),
            ("uint8", "[{id: sigmoid}, {id: ensure_dtype, kwargs: {dtype: float32}}]", ["sigmoid", "ensure_dtype"]),
            ("float32", "[{id: sigmoid}]", ["sigmoid"]),
        ] as [(String, String, [String])])
    func outputs(_ type: String, _ steps: String, _ expected: [String]) throws {
        #expect(try package(data: "float32", outputData: type, outputSteps: steps).outputs[0].steps.map(\.id) == expected)
    }

    @Test(
        "In format 0.4 an input with steps begins in its declared type, and outputs are cast to nothing",
        arguments: [("uint8", true), ("uint8", false), ("float32", true)])
    func formatFour(_ type: String, _ hasSteps: Bool) throws {
        let steps = hasSteps ? ", preprocessing: [{name: sigmoid}]" : ""
        let package = try Fixture.package(
            """
            format_version: 0.4.10
            type: model
            name: casts
            inputs: [{name: raw, axes: byx, data_type: \(type), shape: {min: [1, 1, 1], step: [0, 1, 1]}\(steps)}]
            outputs:
              - name: out
                axes: byx
                data_type: uint8
                shape: {reference_tensor: raw, scale: [1, 1, 1], offset: [0, 0, 0]}
                postprocessing: [{name: sigmoid}]
            weights: {onnx: {source: weights.onnx}}
            """)
        #expect(package.inputs[0].steps.map(\.id) == (hasSteps ? (type == "uint8" ? ["ensure_dtype", "sigmoid"] : ["sigmoid"]) : []))
        #expect(package.outputs[0].steps.map(\.id) == ["sigmoid"])
    }

    @Test("Fractions of an image are cut off in the declared type before the steps, and cut off or wrapped around behind them")
    func values() throws {
        let steps = "[{id: scale_linear, kwargs: {gain: -0.5, offset: 3}}]"
        let package = try package(data: "uint8", steps: steps, outputData: "int8", outputSteps: "[{id: scale_linear, kwargs: {gain: 100}}]")
        let raw = try tensor(.float32([3.9, 0.2, -0.4, 255.7]), [1, 2, 2])
        // 3, 0, 0 and 255 become 1.5, 3, 3 and -124.5.
        #expect(try package.preprocess(["raw": raw])["raw"]?.tensor.storage == .uint8([1, 3, 3, 132]))
        let result = try tensor(.float32([1.255, -1.2, 1.3, 0]), [1, 2, 2])
        #expect(try package.postprocess(["out": result], references: [:])["out"]?.tensor.storage == .int8([125, -120, -126, 0]))
    }

    @Test("Nothing is rounded to float32 before fractions are cut off, as it may become another whole number")
    func exact() throws {
        let package = try package(data: "int16", steps: "[{id: scale_linear, kwargs: {gain: -0.7}}]")
        let raw = (0..<4096).map { Int16($0) }
        let prepared = try package.preprocess(["raw": try tensor(.int16(raw), [1, 64, 64])])["raw"]
        #expect(prepared?.tensor.storage == .int16(raw.map { Int16(Double($0) * -0.7) }))
        #expect(raw.contains { Int16(Float(Double($0) * -0.7)) != Int16(Double($0) * -0.7) })
    }

    @Test("Steps on uint64 take the numbers and not their bits")
    func widest() throws {
        let steps = "[{id: scale_linear, kwargs: {gain: 0.5}}, {id: ensure_dtype, kwargs: {dtype: float32}}]"
        let raw = try tensor(.uint32([0, 1, 7, 4_000_000_000]), [1, 2, 2])
        #expect(try package(data: "uint64", steps: steps).preprocess(["raw": raw])["raw"]?.tensor.storage == .float32([0, 0.5, 3.5, 2e9]))
    }

    @Test(
        "Values that the declared type cannot hold are refused with their place",
        arguments: [
            ("uint8", TensorStorage.uint16([0, 255, 256, 9]), "holds 256 at y 1, x 0", "values from 0 to 255"),
            ("uint8", .float32([0, -1, 2, 3]), "holds -1 at y 0, x 1", "values from 0 to 255"),
            ("int8", .float32([0, .nan, 200, 3]), "holds nan at y 0, x 1", "values from -128 to 127"),
            ("uint16", .int8([0, -5, 2, 3]), "holds -5 at y 0, x 1", "values from 0 to 65535"),
            ("int16", .float64([-32_768.9, 32_767.9, 0, 32_768]), "holds 32768 at y 1, x 1", "values from -32768 to 32767"),
            ("int32", .uint32([0, 5, .max, 3]), "holds 4294967295 at y 1, x 0", "values from -2147483648 to 2147483647"),
            ("int64", .float64([0, 0x1p63, 2, 3]), "holds 9.223372036854776e+18 at y 0, x 1", "whole numbers in its range"),
            ("bool", .float32([0, 1, 0.5, 3]), "holds 0.5 at y 1, x 0", "zeros and ones"),
        ])
    func beyond(_ type: String, _ storage: TensorStorage, _ found: String, _ remedy: String) throws {
        let raw = try tensor(storage, [1, 2, 2])
        // Written out the cast is the same.
        for steps in ["[]", "[{id: ensure_dtype, kwargs: {dtype: \(type)}}, {id: sigmoid}]"] {
            let package = try package(data: type, steps: steps)
            let error = try #require(throws: PackageError.self) { try package.preprocess(["raw": raw]) }
            #expect("\(error)".contains("the input `raw` \(found), which \(type), the declared type, cannot hold"), "\(error)")
            #expect("\(error)".contains("give \(remedy), or correct `data` in the description"), "\(error)")
        }
    }
}
