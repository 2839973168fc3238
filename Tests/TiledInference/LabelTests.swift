import Imaging
import ModelPackages
import Testing
import TiledInference

/// Labels against those of SciPy and scikit-image.
@Suite struct LabelTests {
    @Test("Connected components equal those of scipy.ndimage.label, numbers included", arguments: ["image", "stack"])
    func components(_ name: String) throws {
        let output = try Fixture.output(name)
        let counts = name == "image" ? [4, 8] : [6, 18, 26]
        for (order, neighbours) in zip(1..., counts) {
            let method = try Fixture.postprocessor("{id: connectedComponents, connectivity: \(neighbours)}")
            #expect(try method.labels(from: [output]).labels == (try Fixture.labels("\(name)_components_\(order)")))
            let salt = try Fixture.labels("\(name)_salt").map { $0 != 0 }
            let connectivity = try #require(Connectivity(neighbours: neighbours))
            let labelled = ConnectedComponents.label(salt, shape: Array(output.shape.dropFirst(2)), connectivity: connectivity)
            let expected = try Fixture.labels("\(name)_salt_\(order)")
            #expect(labelled.labels == expected)
            #expect(labelled.count == Int(expected.max() ?? 0))
        }
        let large = try Fixture.postprocessor("{id: connectedComponents, threshold: 0.55, minSize: 20}")
        #expect(try large.labels(from: [output]).labels == (try Fixture.labels("\(name)_components_large")))
    }

    @Test("Watershed equals skimage.segmentation.watershed pixel for pixel", arguments: ["image", "stack"])
    func watershed(_ name: String) throws {
        let output = try Fixture.output(name)
        for (order, neighbours) in name == "image" ? [(1, 4), (2, 8)] : [(1, 6), (3, 26)] {
            for (golden, arguments) in [
                ("boundary", "boundary: 1, seedThreshold: 0.1, maskThreshold: 0.8"),
                ("boundary_large", "boundary: 1, seedThreshold: 0.1, maskThreshold: 0.8, minSize: 40"),
                ("distance", "distance: 2, seedThreshold: 0.6, maskThreshold: 0.4"),
                ("foreground", "seedThreshold: 0.7, maskThreshold: 0.4"),
            ] {
                let method = try Fixture.postprocessor("{id: watershed, connectivity: \(neighbours), \(arguments)}")
                let labels = try method.labels(from: [output])
                #expect(labels.labels == (try Fixture.labels("\(name)_\(golden)_\(order)")), "\(golden)")
            }
        }
    }

    @Test("On a plateau the markers meet in the middle")
    func plateau() {
        let markers: [UInt32] = [1, 0, 0, 0, 0, 0, 2]
        let labels = Watershed.flood(
            [Double](repeating: 0, count: 7), markers: markers, mask: [Bool](repeating: true, count: 7), shape: [1, 7], connectivity: .faces
        )
        #expect(labels == [1, 1, 1, 1, 2, 2, 2])
    }

    @Test("Flooding goes around what is outside the mask and leaves out what no marker reaches")
    func mask() {
        let labels = Watershed.flood(
            [0, 9, 0, 0, 0, 0, 1, 0, 0], markers: [3, 0, 0, 0, 0, 0, 0, 0, 0],
            mask: [true, false, true, true, false, true, true, false, true], shape: [3, 3], connectivity: .faces)
        #expect(labels == [3, 0, 0, 3, 0, 0, 3, 0, 0])
    }

    @Test("A threshold is exceeded, not met; a semantic mask is 0 and 1")
    func threshold() throws {
        let output = try Fixture.output(shape: [1, 1, 2, 2], values: [0.5, 0.50001, 0.2, 1])
        #expect(try Fixture.postprocessor("{id: threshold}").labels(from: [output]).labels == [0, 1, 0, 1])
        #expect(try LabelPostprocessor.standard.labels(from: [output]).labels == [0, 1, 0, 1])
    }

    @Test("Argmax gives the channel's number, the first of equals")
    func argmax() throws {
        let output = try Fixture.output(shape: [1, 3, 1, 3], values: [1, 0, 0, 1, 2, 0, 0, 2, 3])
        #expect(try Fixture.postprocessor("{id: argmax}").labels(from: [output]).labels == [0, 1, 2])
    }

    @Test("Channels last and x before y are read by the axes' names")
    func axisOrder() throws {
        let output = try Fixture.output(shape: [1, 1, 3, 2], spaces: ["x", "y"], values: [1, 0, 0, 0, 1, 1])
        let labels = try Fixture.postprocessor("{id: threshold}").labels(from: [output])
        #expect(labels.shape == [2, 3])
        #expect(labels.labels == [1, 0, 1, 0, 0, 1])
    }

    @Test("NaN, missing outputs and missing channels are errors")
    func errors() throws {
        let output = try Fixture.output(shape: [1, 1, 1, 2], values: [0, .nan])
        #expect(throws: InferenceError.self) { try LabelPostprocessor.standard.labels(from: [output]) }
        let fine = try Fixture.output(shape: [1, 1, 1, 2], values: [0, 1])
        #expect(throws: InferenceError.self) { try Fixture.postprocessor("{id: threshold, channel: 1}").labels(from: [fine]) }
        #expect(throws: InferenceError.self) { try Fixture.postprocessor("{id: threshold, output: other}").labels(from: [fine]) }
        #expect(throws: InferenceError.self) { try LabelPostprocessor.standard.labels(from: []) }
    }

    @Test(
        "A wrong parameter is named with its place",
        arguments: [
            ("{id: stardust}", "id"), ("{id: watershed, boundary: 1, distance: 2}", "distance"),
            ("{id: threshold, minSize: 3}", "minSize"), ("{id: connectedComponents, connectivity: 5}", "connectivity"),
            ("{id: connectedComponents, channel: -1}", "channel"), ("{id: connectedComponents, threshold: high}", "threshold"),
            ("{threshold: 0.5}", ""), ("{id: stardist, grid: [1, 2, 3, 4]}", "grid"), ("{id: stardist, grid: 0}", "grid"),
            ("{id: stardist, rays: 32}", "rays"), ("{id: stardist, anisotropy: [1, 0, 1]}", "anisotropy[1]"),
            ("{id: stardist, overlapLabel: -1}", "overlapLabel"), ("{id: cellposeFlows, channels: [0, 1]}", "channels"),
            ("{id: cellposeFlows, stitchThreshold: 0}", "stitchThreshold"), ("{id: packageLabels}", "id"),
            ("{id: cellposeFlows, iterations: 0}", "iterations"),
        ])
    func parameters(_ yaml: String, field: String) throws {
        let error = try #require(throws: PackageError.self) { try Fixture.postprocessor(yaml) }
        #expect(error.field == field)
        #expect(error.file == "submission.yaml")
        #expect(error.line == 1)
    }
}
