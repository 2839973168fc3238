import Imaging
import ModelPackages
import Testing
import TiledInference

/// Labels of rays against stardist's, of flows against cellpose's.
@Suite struct StarAndFlowTests {
    @Test("Star-shaped polygons equal stardist's", arguments: [("fine", 1, [46, 58]), ("coarse", 2, [90, 103])])
    func polygons(_ name: String, grid: Int, shape: [Int]) throws {
        let output = try Fixture.output("stars_\(name)")
        let method = try Fixture.postprocessor("{id: stardist, probabilityThreshold: 0.4, overlapThreshold: 0.4, grid: \(grid)}")
        let labels = try method.labels(from: [output], imageExtents: [.y: shape[0], .x: shape[1]])
        #expect(labels.shape == shape)
        #expect(labels.labels == (try Fixture.labels("stars_\(name)_labels")))
        // Probability and rays in outputs of their own.
        let plane = output.shape[2] * output.shape[3]
        let spaces = [1, 1] + output.shape[2...]
        let probability = try Fixture.output(id: "probability", shape: spaces, values: Array(output.values[..<plane]))
        let rays = try Fixture.output(
            id: "rays", shape: [1, output.shape[1] - 1] + output.shape[2...], values: Array(output.values[plane...]))
        let split = try Fixture.postprocessor(
            "{id: stardist, output: rays, probabilityOutput: probability, probabilityThreshold: 0.4, overlapThreshold: 0.4, grid: [\(grid), \(grid)]}"
        )
        #expect(try split.labels(from: [probability, rays], imageExtents: [.y: shape[0], .x: shape[1]]) == labels)
    }

    @Test("Star-shaped polyhedra equal stardist's, with grid, pixel sizes, uneven borders and a label for overlaps")
    func polyhedra() throws {
        let stack = try RayMaps("stack", shape: [18, 17, 19])
        var method = StarLabels()
        method.probabilityThreshold = 0.4
        method.overlapThreshold = 0.35
        method.grid = [1, 2, 2]
        method.border = [.init(1), .init(before: 1, after: 2), .init(before: 0, after: 1)]
        method.anisotropy = [2, 1, 1]
        let labels = try method.labels(probabilities: stack.probabilities, rays: stack.rays, shape: stack.shape, extents: [18, 34, 38])
        #expect(labels == (try Fixture.labels("stars_stack_labels")))

        let overlap = try RayMaps("overlap", shape: [16, 20, 22])
        method.probabilityThreshold = 0.65
        method.overlapThreshold = 0.5
        method.grid = [1, 1, 1]
        method.anisotropy = [1, 1, 1]
        method.overlapLabel = 200
        let found = try method.labels(
            probabilities: overlap.probabilities, rays: overlap.rays, shape: overlap.shape, extents: overlap.shape)
        let expected = try Fixture.labels("stars_overlap_labels")
        #expect(found == expected)
        #expect(expected.max() == 10)
        method.overlapLabel = nil
        let onTop = try method.labels(
            probabilities: overlap.probabilities, rays: overlap.rays, shape: overlap.shape, extents: overlap.shape)
        #expect(onTop.max() == 9)
    }

    @Test("A stack's postprocessor numbers the polyhedra in raster order and ends where the image ends")
    func stackPostprocessor() throws {
        let maps = try RayMaps("overlap", shape: [16, 20, 22])
        let output = try Fixture.output(
            shape: [1, 21, 16, 20, 22], spaces: ["z", "y", "x"], values: maps.probabilities + maps.rays.joined())
        let method = try Fixture.postprocessor(
            "{id: stardist, probabilityThreshold: 0.65, overlapThreshold: 0.5, border: 1, overlapLabel: 200}")
        let labels = try method.labels(from: [output], imageExtents: [.z: 16, .y: 20, .x: 22])
        #expect(labels.shape == [16, 20, 22])
        var seen: UInt32 = 0
        for label in labels.labels where label > seen {
            #expect(label == seen + 1)
            seen = label
        }
        #expect(seen >= 5)
    }

    @Test(
        "Pixels that flow together equal cellpose's in images",
        arguments: [
            ("default", ""), ("all", ", flowThreshold: 0, minSize: 0"),
            ("few", ", cellThreshold: 1.5, iterations: 50, flowThreshold: 0.3, minSize: 60"),
        ])
    func imageFlows(_ name: String, _ arguments: String) throws {
        let method = try Fixture.postprocessor("{id: cellposeFlows\(arguments)}")
        #expect(try method.labels(from: [try Fixture.flows("flows")]).labels == (try Fixture.labels("flows_\(name)")))
    }

    @Test(
        "Pixels that flow together equal cellpose's in stacks",
        arguments: [("default", ""), ("all", ", cellThreshold: 1, minSize: 0")])
    func stackFlows(_ name: String, _ arguments: String) throws {
        let method = try Fixture.postprocessor("{id: cellposeFlows\(arguments)}")
        #expect(try method.labels(from: [try Fixture.flows("flows_stack")]).labels == (try Fixture.labels("flows_stack_\(name)")))
    }

    @Test("Planes that are stitched equal cellpose's stitch3D")
    func stitching() throws {
        let method = try Fixture.postprocessor("{id: cellposeFlows, stitchThreshold: 0.25}")
        #expect(try method.labels(from: [try Fixture.flows("flows_planes")]).labels == (try Fixture.labels("flows_planes_stitched")))
    }

    @Test("Rays and flows of nothing, of one pixel and without bounds")
    func edges() throws {
        let nothing = try Fixture.output(shape: [1, 4, 6, 6], values: [Float](repeating: 0, count: 144))
        let stars = try Fixture.postprocessor("{id: stardist}")
        let flows = try Fixture.postprocessor("{id: cellposeFlows}")
        #expect(try stars.labels(from: [nothing]).labels == [UInt32](repeating: 0, count: 36))
        #expect(try flows.labels(from: [nothing]).labels == [UInt32](repeating: 0, count: 36))
        let point = try Fixture.output(shape: [1, 4, 1, 1], values: [1, 1, 1, 1])
        #expect(try flows.labels(from: [point]).labels == [0])
        #expect(try stars.labels(from: [point]).labels == [0])
        for value in [Float.infinity, .nan, 1e7, 1e30] {
            let wild = try Fixture.output(shape: [1, 4, 6, 6], values: [Float](repeating: value, count: 144))
            #expect(throws: InferenceError.self) { try stars.labels(from: [wild]) }
            #expect(throws: InferenceError.self) { try flows.labels(from: [wild]) }
        }
        let long = try Fixture.output(shape: [1, 4, 6, 6], values: [Float](repeating: 9e5, count: 144))
        #expect(Set(try stars.labels(from: [long]).labels).count <= 2)
        // Too few channels: three rays make no polyhedron, two no polygon, three channels no flow in a stack.
        let stack = try Fixture.output(shape: [1, 4, 2, 3, 6], spaces: ["z", "y", "x"], values: [Float](repeating: 0, count: 144))
        #expect(throws: InferenceError.self) { try stars.labels(from: [stack]) }
        let flat = try Fixture.output(shape: [1, 3, 2, 3, 6], spaces: ["z", "y", "x"], values: [Float](repeating: 0, count: 108))
        #expect(throws: InferenceError.self) { try flows.labels(from: [flat]) }
        let two = try Fixture.output(shape: [1, 3, 6, 6], values: [Float](repeating: 0, count: 108))
        #expect(throws: InferenceError.self) { try stars.labels(from: [two]) }
    }

    @Test("A polyhedron larger than any stack is refused before it is drawn")
    func giants() throws {
        let maps = [Float](repeating: 1, count: 8 * 8 * 8) + [Float](repeating: 5e4, count: 8 * 8 * 8 * 6)
        let output = try Fixture.output(shape: [1, 7, 8, 8, 8], spaces: ["z", "y", "x"], values: maps)
        let error = try #require(throws: InferenceError.self) { try Fixture.postprocessor("{id: stardist}").labels(from: [output]) }
        #expect("\(error)".contains("voxels"))
    }

    @Test("Candidates that all overlap and may all stay end in an error")
    func crowd() throws {
        let maps = [Float](repeating: 1, count: 48 * 48) + [Float](repeating: 200, count: 48 * 48 * 32)
        let output = try Fixture.output(shape: [1, 33, 48, 48], values: maps)
        let method = try Fixture.postprocessor("{id: stardist, overlapThreshold: 2}")
        let error = try #require(throws: InferenceError.self) { try method.labels(from: [output]) }
        #expect("\(error)".contains("overlapping candidates"))
    }
}

/// Probabilities and rays of a golden stack, of which the candidates alone are stored.
private struct RayMaps {
    let shape: [Int]
    var probabilities: [Float]
    var rays: [[Float]]

    init(_ name: String, shape: [Int]) throws {
        self.shape = shape
        let count = shape.reduce(1, *)
        guard case .int32(let places) = try Fixture.array("labels/stars_\(name)_places.npy").pixels,
            case .uint16(let bits) = try Fixture.array("labels/stars_\(name)_rays.npy").pixels
        else {
            throw PackageError(.tensor, found: "golden files of other types", remedy: "run labels_stars.py")
        }
        let values = try Fixture.floats("labels/stars_\(name)_probabilities.npy")
        probabilities = [Float](repeating: 0, count: count)
        let number = bits.count / places.count
        rays = [[Float]](repeating: [Float](repeating: 0, count: count), count: number)
        for (index, place) in places.enumerated() {
            probabilities[Int(place)] = values[index]
            for ray in 0..<number { rays[ray][Int(place)] = Float(Float16(bitPattern: bits[index * number + ray])) }
        }
    }
}
