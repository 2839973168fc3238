import Imaging

/// An image with small blocks that counts its reads and fails after some, as a full disk or a killed process would end a run.
final class FailingImage: ImageBlocks {
    private let whole: WholeImageBlocks
    private let most: Int
    private(set) var reads = 0
    let blockShape: [Int]
    let geometry: ImageGeometry

    /// - Parameters:
    ///   - most: how many reads succeed.
    ///   - block: the extents of a block along every axis, at most the image's.
    ///   - geometry: that of the image if left out.
    init(_ image: Image, after most: Int = .max, block: Int = 16, geometry: ImageGeometry? = nil) {
        whole = WholeImageBlocks(image)
        self.most = most
        self.geometry = geometry ?? whole.geometry
        blockShape = image.shape.map { min($0, block) }
    }

    var shape: [Int] { whole.shape }
    var axes: [Axis] { whole.axes }
    var type: PixelType { whole.type }

    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        guard reads < most else { throw ImageError(.unreadable, "the disk is gone") }
        reads += 1
        return try whole.read(region)
    }
}
