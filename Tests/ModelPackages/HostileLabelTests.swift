import ModelPackages
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

@Suite("Labels of maps without sense end in an error, those of real ones do not") struct HostileLabelTests {
    /// Maps of places: everywhere probable, by a little and by turns.
    private static func probabilities(_ count: Int) -> [Float] { (0..<count).map { 0.6 + Float($0 * 7919 % 1009) / 4096 } }

    private static func refusal(
        _ probabilities: [Float], _ rays: [[Float]], _ shape: [Int], _ stars: StarLabels = .init()
    ) throws -> String {
        let error = try #require(throws: PackageError.self) {
            try stars.labels(probabilities: probabilities, rays: rays, shape: shape, extents: shape)
        }
        return error.found
    }

    /// Labels for stacks, with defaults.
    private static var stack: StarLabels {
        var stars = StarLabels()
        stars.grid = [1, 1, 1]
        stars.border = [.init(2), .init(2), .init(2)]
        return stars
    }

    @Test("Nuclei that touch, every pixel of them a candidate with a ragged outline, are found one by one")
    func nuclei() throws {
        let side = 300, radius = 9.0
        var probabilities = [Float](repeating: 0, count: side * side)
        var rays = [[Float]](repeating: probabilities, count: 32)
        for place in probabilities.indices {
            let (y, x) = (Double(place / side % 20) - 9.5, Double(place % side % 20) - 9.5), distance = (y * y + x * x).squareRoot()
            guard distance < radius - 0.5 else { continue }
            probabilities[place] = Float(1 - distance / 20)
            for ray in rays.indices {
                let angle = 2 * Double.pi * Double(ray) / 32, along = y * sin(angle) + x * cos(angle)
                let length = (along * along - distance * distance + radius * radius).squareRoot() - along
                rays[ray][place] = Float(length) + Float((place * 13 + ray * 29) % 17) / 17
            }
        }
        let labels = try StarLabels().labels(probabilities: probabilities, rays: rays, shape: [side, side], extents: [side, side])
        #expect(Set(labels).count == 1 + 225)
    }

    @Test("One long ray in each of many thousand candidates")
    func needles() throws {
        let side = 200, probabilities = Self.probabilities(side * side)
        var rays = [[Float]](repeating: [Float](repeating: 3, count: side * side), count: 32)
        for place in probabilities.indices { rays[place * 7907 % 31 + 1][place] = 1e6 }
        #expect(try Self.refusal(probabilities, rays, [side, side]).contains("overlapping candidates"))
    }

    @Test("Objects of one pixel beside one that is near to all")
    func neighbours() throws {
        let side = 300, probabilities = Self.probabilities(side * side)
        var rays = [[Float]](repeating: [Float](repeating: 0.5, count: side * side), count: 32)
        rays[3][side * 150 + 150] = 1e6
        #expect(try Self.refusal(probabilities, rays, [side, side]).contains("near to all"))
    }

    @Test("Objects as large as the image over each other", arguments: [[600, 600], [60, 60, 60]])
    func painting(_ shape: [Int]) throws {
        let count = shape.reduce(1, *), number = shape.count == 2 ? 80 : 1500
        var probabilities = [Float](repeating: 0, count: count)
        // Not at the rim.
        let middle = count / 2 - count / 8
        for index in 0..<number { probabilities[middle + index * 61 % (count / 4)] = 0.9 }
        var stars = shape.count == 2 ? StarLabels() : Self.stack
        stars.overlapThreshold = 2
        let rays = [[Float]](repeating: [Float](repeating: 900 / Float(4 * shape.count - 7), count: count), count: 32)
        #expect(try Self.refusal(probabilities, rays, shape, stars).contains("painting"))
    }

    @Test("Polyhedra with one long ray each")
    func spears() throws {
        let side = 40, probabilities = Self.probabilities(side * side * side)
        var rays = [[Float]](repeating: [Float](repeating: 4, count: probabilities.count), count: 32)
        for place in probabilities.indices { rays[place * 7907 % 31 + 1][place] = 300 }
        #expect(try Self.refusal(probabilities, rays, [side, side, side], Self.stack).contains("so large"))
    }

    @Test("Flows that join far places to thousands of objects", arguments: [(300, true), (20, false)])
    func far(distance: Int, isRefused: Bool) throws {
        let side = 600, near = 0..<side / 2, far = distance..<distance + side / 2
        var cells = [Float](repeating: -1, count: side * side)
        var flows = [[Float]](repeating: [Float](repeating: 0, count: side * side), count: 2)
        for place in cells.indices {
            let (y, x) = (place / side, place % side)
            if far.contains(y), far.contains(x) {
                // To the middle of a square of five pixels.
                cells[place] = 1
                flows[0][place] = 2 * Float(2 - y % 5)
                flows[1][place] = 2 * Float(2 - x % 5)
            } else if near.contains(y), near.contains(x) {
                cells[place] = 1
                flows[0][place] = 5 * Float(distance)
                flows[1][place] = 5 * Float(distance)
            }
        }
        var method = FlowLabels()
        method.flowThreshold = 0
        method.iterations = 60
        do throws(PackageError) {
            let labels = try method.labels(flows: flows, cells: cells, shape: [side, side])
            #expect(!isRefused && Set(labels).count > 1000)
        } catch {
            #expect(isRefused && error.found.contains("reach through each other"), "\(error)")
        }
    }
}
