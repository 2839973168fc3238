import Foundation
import Imaging
import Testing

/// A stack `(t, z, y, x)` of uint16 with different planes; axes of one element are left out.
struct SeriesStack {
    let shape: [Int]
    let axes: [Axis]
    let values: [UInt16]
    /// The planes in the order of t and z.
    let planes: [Image]

    /// - Parameter samples: the extents along t and z.
    init(_ samples: [Int], _ plane: [Int], seed: UInt64 = 1) throws {
        let count = samples[0] * samples[1], size = plane[0] * plane[1]
        guard case .uint16(let values) = try Fixture.image([count * plane[0], plane[1]], seed: seed).pixels else {
            throw CancellationError()
        }
        self.values = values
        let free = zip([Axis.time, .z], samples).filter { $0.1 > 1 }
        axes = free.map(\.0) + [.y, .x]
        shape = free.map(\.1) + plane
        planes = try (0..<count).map { number in
            try #require(Image(shape: plane, axes: [.y, .x], pixels: .uint16(Array(values[number * size..<(number + 1) * size]))))
        }
    }

    /// The stack as a file would give it.
    func blocks(_ geometry: ImageGeometry = .init(), failingAfter most: Int = .max) -> Blocks {
        Blocks(shape: shape, axes: axes, values, geometry, failingAfter: most)
    }

    /// An image with small blocks that counts its reads and fails after some, as a killed process would end a run.
    final class Blocks: ImageBlocks {
        let shape: [Int]
        let axes: [Axis]
        let type = PixelType.uint16
        let geometry: ImageGeometry
        let blockShape: [Int]
        private(set) var reads = 0
        private let whole: WholeImageBlocks?
        private let most: Int

        init(shape: [Int], axes: [Axis], _ values: [UInt16] = [], _ geometry: ImageGeometry = .init(), failingAfter most: Int = .max) {
            self.shape = shape
            self.axes = axes
            self.geometry = geometry
            self.most = most
            blockShape = shape.map { min($0, 16) }
            whole = Image(shape: shape, axes: axes, pixels: .uint16(values)).map { WholeImageBlocks($0) }
        }

        func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
            guard reads < most, let whole else { throw ImageError(.unreadable, "the disk is gone") }
            reads += 1
            return try whole.read(region)
        }
    }
}
