import Foundation
import Imaging
import ModelPackages
import Testing

/// Directions and triangles of polyhedra against stardist's, made by `Tests/Oracles/labels_stars.py`.
@Suite struct GoldenSpiralTests {
    @Test(
        "The triangles between the rays are those of stardist's Rays_GoldenSpiral",
        arguments: [(4, [1.0, 1, 1]), (32, [1, 1, 1]), (96, [2, 1, 1]), (64, [3.5, 1, 1.2]), (187, [1, 1, 1])])
    func triangles(_ count: Int, _ anisotropy: [Double]) throws {
        let spiral = try GoldenSpiral(count: count, anisotropy: anisotropy)
        let array = try NPY.read(try #require(Bundle.module.url(forResource: "Golden/spiral_\(count)", withExtension: "npy")).path)
        guard case .uint8(let expected) = array.pixels else { return }
        let found = spiral.faces.map { [Int($0.x), Int($0.y), Int($0.z)].sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(found.joined().map(UInt8.init) == expected)
        for face in spiral.faces {
            let (a, b, c) = (spiral.directions[Int(face.x)], spiral.directions[Int(face.y)], spiral.directions[Int(face.z)])
            let cross = SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
            #expect((cross * c).sum() <= 0)
        }
    }

    @Test("Rays that span no volume are refused")
    func flat() {
        #expect(throws: PackageError.self) { try GoldenSpiral(count: 3, anisotropy: [1, 1, 1]) }
    }
}
