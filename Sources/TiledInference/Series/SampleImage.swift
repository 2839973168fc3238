internal import Imaging

/// One place of an image along some of its axes, as an image of the others.
final class SampleImage: ImageBlocks {
    let shape: [Int]
    let axes: [Axis]
    let blockShape: [Int]
    var type: PixelType { whole.type }
    var geometry: ImageGeometry { whole.geometry.along(axes) }

    private let whole: any ImageBlocks
    private let fixed: [Int: Int]

    /// - Parameter fixed: axes of the image that fall away, and the place along each.
    init(_ whole: any ImageBlocks, at fixed: [(axis: Int, index: Int)]) {
        self.whole = whole
        self.fixed = [Int: Int](fixed.map { ($0.axis, $0.index) }) { first, _ in first }
        let kept = whole.axes.indices.filter { axis in !fixed.contains { $0.axis == axis } }
        shape = kept.map { whole.shape[$0] }
        axes = kept.map { whole.axes[$0] }
        blockShape = kept.map { whole.blockShape[$0] }
    }

    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        var rest = region[...]
        let box = whole.axes.indices.map { axis in
            if let index = fixed[axis] { index..<index + 1 } else { rest.popFirst() ?? 0..<0 }
        }
        return try whole.read(box)
    }
}
