import ModelPackages
import NeuralNetwork
import Testing

/// Descriptions of steps that make labels, and tensors that do not fit them.
@Suite struct LabelStepTests {
    private static let stars = "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [1, 1], b: 1"
    private static let flows = "cellprob_threshold: 0, flow_threshold: 0.4, do_3D: false"

    @Test("A package with such a step says so")
    func steps() throws {
        #expect(try package("{id: stardist_postprocessing, kwargs: {\(Self.stars)}}").outputs[0].labelStepID == "stardist_postprocessing")
        #expect(try package("{id: cellpose_flow_dynamics, kwargs: {\(Self.flows)}}").outputs[0].labelStepID == "cellpose_flow_dynamics")
        #expect(try package("{id: sigmoid}").outputs[0].labelStepID == nil)
    }

    @Test(
        "A wrong argument is named with its place",
        arguments: [
            ("stardist_postprocessing", "nms_threshold: 0.4, n_rays: 4, grid: [1, 1], b: 1", ""),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 2, grid: [1, 1], b: 1", ".n_rays"),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 1000000000, grid: [1, 1], b: 1", ".n_rays"),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [1, 1, 1], b: 1", ".grid"),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [0, 1], b: 1", ".grid[0]"),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [1, 1], b: [[1, 2]]", ".b"),
            ("stardist_postprocessing", "prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [1, 1], b: [[1], [1, 2]]", ".b[0]"),
            ("stardist_postprocessing", stars + ", anisotropy: [1, 1, 1]", ".anisotropy"),
            ("cellpose_flow_dynamics", "cellprob_threshold: 0, flow_threshold: 0.4", ""),
            ("cellpose_flow_dynamics", "cellprob_threshold: 0, flow_threshold: 0.4, do_3D: true", ".do_3D"),
            ("cellpose_flow_dynamics", flows + ", output_dtype: float32", ""),
            ("cellpose_flow_dynamics", flows + ", niter: 9", ".niter"),
        ])
    func arguments(_ id: String, _ kwargs: String, field: String) throws {
        let error = try #require(throws: PackageError.self) { try package("{id: \(id), kwargs: {\(kwargs)}}") }
        #expect(error.field == "outputs[0].postprocessing[0].kwargs" + field, "\(error)")
        #expect(error.line != nil)
    }

    @Test("Tensors of other channels and axes are errors; a batch gives labels for each of its images")
    func tensors() throws {
        let package = try package("{id: stardist_postprocessing, kwargs: {\(Self.stars)}}")
        func labels(_ shape: [Int], _ values: [Float]) throws -> AxisTensor? {
            let plain = try #require(Tensor(shape: shape, storage: .float32(values)))
            let tensor = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: plain))
            return try package.postprocess(["labels": tensor], references: [:])["labels"]
        }
        var values = [Float](repeating: 0, count: 2 * 5 * 49)
        for image in 0..<2 {
            values[image * 245 + 24] = 1
            for ray in 1...4 { values[image * 245 + ray * 49 + 24] = Float(image + 1) }
        }
        let found = try #require(try labels([2, 5, 7, 7], values))
        #expect(found.shape == [2, 1, 7, 7])
        guard case .int32(let numbers) = found.tensor.storage else { return }
        #expect(numbers[..<49].count { $0 == 1 } == 5)
        #expect(numbers[49...].count { $0 == 1 } == 13)
        #expect(throws: PackageError.self) { try labels([1, 4, 7, 7], [Float](repeating: 0, count: 196)) }
    }

    @Test("Flows that are no numbers or beyond a million are errors")
    func wildFlows() throws {
        let package = try package("{id: cellpose_flow_dynamics, kwargs: {\(Self.flows), min_size: 0}}")
        for value in [Float.nan, .infinity, 1e30] {
            let tensor = try #require(Tensor(shape: [1, 3, 4, 4], storage: .float32([Float](repeating: value, count: 48))))
            let named = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))
            #expect(throws: PackageError.self) { try package.postprocess(["labels": named], references: [:]) }
        }
    }

    @Test("A grid that makes more labels than there are values is an error before there are any")
    func wideGrid() throws {
        let package = try package(
            "{id: stardist_postprocessing, kwargs: {prob_threshold: 0.5, nms_threshold: 0.4, n_rays: 4, grid: [64, 64], b: 1}}")
        let tensor = try #require(Tensor(shape: [1, 5, 512, 512], storage: .float32([Float](repeating: 0, count: 5 << 18))))
        let named = try #require(AxisTensor(axes: ["batch", "channel", "y", "x"], tensor: tensor))
        let error = try #require(throws: PackageError.self) { try package.postprocess(["labels": named], references: [:]) }
        #expect(error.found.contains("[1, 1, 32768, 32768]"), "\(error)")
    }

    @Test("Objects that all cover each other, none of which may go, are an error and not an endless run")
    func endlessStars() throws {
        var method = StarLabels()
        method.overlapThreshold = 2
        let side = 128, count = side * side
        let rays = [[Float]](repeating: [Float](repeating: 300, count: count), count: 4)
        let error = try #require(throws: PackageError.self) {
            try method.labels(
                probabilities: [Float](repeating: 1, count: count), rays: rays, shape: [side, side], extents: [side, side])
        }
        #expect(error.found.contains("would not end"))
    }

    @Test("Polyhedra that all fill the stack are an error before one is painted; as many small ones are painted")
    func manyPolyhedra() throws {
        var method = StarLabels()
        (method.overlapThreshold, method.grid, method.border) = (2, [1, 1, 1], [.init(2), .init(2), .init(2)])
        func labels(length: Float) throws -> [UInt32] {
            let shape = [24, 24, 24], count = 24 * 24 * 24
            let rays = [[Float]](repeating: [Float](repeating: length, count: count), count: 8)
            return try method.labels(probabilities: [Float](repeating: 1, count: count), rays: rays, shape: shape, extents: shape)
        }
        #expect(try Set(labels(length: 0.4)).count == 20 * 20 * 20 + 1)
        let error = try #require(throws: PackageError.self) { try labels(length: 60) }
        #expect(error.found.contains("painting them would not end"), "\(error)")
    }

    @Test("An object whose own flow would take hours is an error")
    func giantFlow() throws {
        let (rows, columns) = (1024, 2048), middle = (y: 512, x: 1024)
        var flows = [[Float]](repeating: [Float](repeating: 0, count: rows * columns), count: 2)
        var cells = [Float](repeating: -1, count: rows * columns)
        for y in 0..<rows {
            for x in 0..<800 {
                cells[y * columns + x + 600] = 1
                flows[0][y * columns + x + 600] = 5 * Float(middle.y - y)
                flows[1][y * columns + x + 600] = 5 * Float(middle.x - x - 600)
            }
        }
        let error = try #require(throws: PackageError.self) { try FlowLabels().labels(flows: flows, cells: cells, shape: [rows, columns]) }
        #expect(error.found.contains("in height and width together"), "\(error)")
    }

    private func package(_ step: String) throws -> ModelPackage {
        try Fixture.package(
            """
            format_version: 0.5.14
            type: model
            name: labels
            inputs: [{id: raw, axes: [{type: batch}, {type: space, id: y, size: 1}, {type: space, id: x, size: 1}]}]
            outputs:
              - id: labels
                axes: [{type: batch}, {type: channel, channel_names: [labels]}, {type: space, id: y, size: 1}, {type: space, id: x, size: 1}]
                postprocessing: [\(step)]
            weights: {onnx: {source: weights.onnx}}
            """)
    }
}
