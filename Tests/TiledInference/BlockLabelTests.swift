import Foundation
import Imaging
import ModelPackages
import NeuralNetwork
import Testing
import TiledInference

/// Labels made block by block equal those of the whole image: on random images and on such as are made to break seams.
@Suite struct BlockLabelTests {
    private struct Maker {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }

    /// The channels foreground and guide of an image `(y, x)` or `(z, y, x)`, in tenths, so that many places tie.
    private enum Pattern: String, CaseIterable {
        /// Noise near the density at which components reach through the image.
        case noise
        /// Discs of any size, that touch.
        case discs
        /// Rings within each other that are joined at one place each: one component across all seams, again and again.
        case rings
        /// Combs whose teeth meet in the last row only.
        case comb
        /// A chessboard: everything touches over corners, nothing over faces.
        case chess
        /// Everything at one height.
        case plateau

        func value(_ place: [Int], _ shape: [Int], _ maker: inout Maker, _ discs: [(center: [Int], radius: Int)]) -> Float {
            let (y, x) = (place[place.count - 2], place[place.count - 1]), height = shape[shape.count - 2], width = shape[shape.count - 1]
            switch self {
            case .noise: return Float(maker.below(11)) / 10
            case .discs:
                let nearest =
                    discs.map { disc in
                        let distance = zip(place, disc.center).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                        return disc.radius - Int(Double(distance).squareRoot())
                    }.max() ?? 0
                return nearest < 0 ? 0.1 : min(1, 0.5 + Float(nearest) / 20)
            case .rings:
                let rim = min(y, x, height - 1 - y, width - 1 - x)
                return rim % 2 == 1 && !(y == rim + 1 && x == rim) ? 0.1 : 0.9
            case .comb: return x % 3 == 0 || y == height - 1 ? 0.9 : 0.2
            case .chess: return place.reduce(0, +) % 2 == 0 ? 0.9 : 0.1
            case .plateau: return 0.8
            }
        }

        func image(_ shape: [Int], seed: UInt64) throws -> Image {
            var maker = Maker(seed)
            let discs = (0..<12).map { _ in (center: shape.map { maker.below($0) }, radius: 2 + maker.below(9)) }
            var values: [Float] = []
            for channel in 0..<2 {
                for index in 0..<shape.reduce(1, *) {
                    var rest = index
                    let place = Array(
                        shape.reversed().map { extent -> Int in
                            defer { rest /= extent }
                            return rest % extent
                        }.reversed())
                    let value = value(place, shape, &maker, discs)
                    values.append(channel == 0 ? value : Float(maker.below(6)) / 10)
                }
            }
            return try #require(
                Image(shape: [2] + shape, axes: [.channel] + [Axis.z, .y, .x].suffix(shape.count), pixels: .float32(values)))
        }
    }

    private static let methods = [
        "{id: connectedComponents, threshold: 0.55}", "{id: connectedComponents, threshold: 0.55, connectivity: 8, minSize: 4}",
        "{id: watershed, seedThreshold: 0.75, maskThreshold: 0.35}",
        "{id: watershed, boundary: 1, seedThreshold: 0.3, maskThreshold: 0.6, connectivity: 8}",
        "{id: watershed, distance: 1, seedThreshold: 0.35, maskThreshold: 0.4, minSize: 3}",
    ]

    private func check(
        _ package: String, _ image: Image, _ yaml: String, blocks: [[Int]?], options: PredictionOptions = .init()
    ) throws {
        let predictor = try Predictor(try ModelPackage(folder: try Fixture.folder(package)))
        let method = try Fixture.postprocessor(yaml)
        let expected = try method.labels(from: predictor.predict(image).outputs).labels
        let folder = try TemporaryFolder()
        for block in blocks {
            let name = block?.map(String.init).joined(separator: "x") ?? "labels", path = folder.file("\(name).tif")
            let report = try StreamedRun(
                predictor, on: WholeImageBlocks(image), to: path, .labels(method), options: options, key: "test", labelBlock: block
            ).run()
            let labels = try LabelImage(ImageFile.read(path)).labels
            #expect(labels == expected, "\(yaml) in blocks of \(name)")
            #expect(report.objects == Int(expected.max() ?? 0))
        }
    }

    @Test("Planes, in blocks of any size", arguments: methods, [0, 1, 2, 3, 4, 5])
    func planes(_ yaml: String, _ pattern: Int) throws {
        for (seed, shape) in [(1, [61, 83]), (2, [40, 97])] as [(UInt64, [Int])] {
            let image = try Pattern.allCases[pattern].image(shape, seed: seed)
            try check("identity", image, yaml, blocks: [[7, 5], [16, 16], [1, 97], [64, 3], [39, 41], [500, 500]])
        }
    }

    @Test("Stacks, in blocks of any size", arguments: [0, 1, 2, 4])
    func stacks(_ pattern: Int) throws {
        let image = try Pattern.allCases[pattern].image([9, 22, 27], seed: 3)
        for yaml in Self.methods {
            let stacked = yaml.replacingOccurrences(of: "connectivity: 8", with: "connectivity: 18")
            try check("identity-stack", image, stacked, blocks: [[2, 5, 7], [9, 3, 27], [1, 22, 4], [4, 11, 13]])
        }
        try check(
            "identity-stack", image, "{id: connectedComponents, threshold: 0.75, connectivity: 26}", blocks: [[2, 5, 7], [3, 3, 3]])
    }

    @Test("A mask that no window holds is flooded in windows", arguments: [Pattern.noise, .chess, .plateau].map(\.rawValue))
    func connectedMask(_ pattern: String) throws {
        let image = try #require(Pattern(rawValue: pattern)).image([420, 610], seed: 5)
        let options = PredictionOptions(memoryBytes: 4 << 20)
        try check("identity", image, "{id: watershed, seedThreshold: 0.75, maskThreshold: 0.05}", blocks: [nil], options: options)
        try check(
            "identity", image, "{id: watershed, distance: 1, seedThreshold: 0.45, maskThreshold: -1, connectivity: 8}", blocks: [nil],
            options: options)
    }

    /// A plateau with some seeds, so large that no window holds it.
    private func plateau(seeds: [Int]) throws -> Image {
        var values = [Float](repeating: 0.5, count: 2 * 300 * 400)
        for seed in seeds { values[seed] = 0.9 }
        return try #require(Image(shape: [2, 300, 400], axes: [.channel, .y, .x], pixels: .float32(values)))
    }

    private let farMethod = "{id: watershed, seedThreshold: 0.75, maskThreshold: 0.35}"

    @Test("What no seed reaches stays background and what one object alone reaches is its, however large", arguments: [0, 1])
    func undisputed(_ seeds: Int) throws {
        let image = try plateau(seeds: Array([0].prefix(seeds)))
        try check("identity", image, farMethod, blocks: [nil, [64, 64]], options: PredictionOptions(memoryBytes: 4 << 20))
    }

    @Test("A watershed that no window decides is an error that says what to do, and memory is not taken")
    func tooLarge() throws {
        // Seeds in two corners: who comes first in the middle?
        let image = try plateau(seeds: [0, 300 * 400 - 1])
        let predictor = try Predictor(try ModelPackage(folder: try Fixture.folder("identity")))
        let method = try Fixture.postprocessor(farMethod)
        let folder = try TemporaryFolder()
        func run(_ options: PredictionOptions) -> StreamedRun {
            StreamedRun(predictor, on: WholeImageBlocks(image), to: folder.file("a.tif"), .labels(method), options: options, key: "test")
        }
        let short = run(.init(memoryBytes: 4 << 20))
        let error = try #require(throws: InferenceError.self) { try short.run() }
        #expect("\(error)".contains("allow more memory"))
        guard case .memoryAtOnce(_, let needed, _, _) = error else { return }
        // The tiles are not computed again where the same ones are asked for with the memory that is named.
        let tile = try #require(short.tile(keptWith: needed))
        let report = try run(.init(tile: tile, memoryBytes: needed)).run()
        #expect(report.resumedTiles == report.tiles - 1 && report.objects == 2)
        let expected = try method.labels(from: predictor.predict(image).outputs).labels
        #expect(try LabelImage(ImageFile.read(folder.file("a.tif"))).labels == expected)
    }
}
