/// An image in an NPY file, which names no axes: the whole array, or one place of it along axes that the image does not have.
///
/// An array in C order is read where its values lie.
final class NPYBlocks: ImageBlocks {
    /// Where an array's values are: in the file, or in memory as little-endian bytes where they lie in Fortran order.
    struct Content {
        let shape: [Int]
        let type: PixelType
        private let reader: NPYReader
        private let values: [UInt8]?

        init(_ reader: NPYReader) throws(ImageError) {
            self.reader = reader
            shape = reader.shape
            type = reader.type.pixelType
            guard reader.isFortranOrder else {
                values = nil
                return
            }
            let pixels = try reader.read().pixels
            values = pixels.littleEndianBytes(0..<pixels.count)
        }

        /// So many values from a place in C order on.
        func bytes(at place: Int, count: Int) throws(ImageError) -> ArraySlice<UInt8> {
            guard let values else { return try reader.bytes(at: place, count: count)[...] }
            return values[place * type.byteCount..<(place + count) * type.byteCount]
        }
    }

    let shape: [Int]
    let axes: [Axis]
    var type: PixelType { content.type }
    /// Arrays know nothing of places.
    let geometry = ImageGeometry()
    let blockShape: [Int]

    private let content: Content
    private let fixed: [(axis: Int, index: Int)]

    /// - Parameter fixed: the array's axes that the image does not have, in their order, and the image's places along them.
    init(_ content: Content, axes: [Axis], at fixed: [(axis: Int, index: Int)]) {
        self.content = content
        self.axes = axes
        self.fixed = fixed
        let shape = content.shape.indices.filter { axis in !fixed.contains { $0.axis == axis } }.map { content.shape[$0] }
        self.shape = shape
        blockShape = shape.indices.map { $0 == shape.count - 1 ? shape[$0] : $0 == shape.count - 2 ? min(256, shape[$0]) : 1 }
    }

    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels {
        try check(region)
        var box = region
        for place in fixed { box.insert(place.index..<place.index + 1, at: place.axis) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(region.reduce(type.byteCount) { $0 * $1.count })
        try Region.forEachRun(of: box, in: content.shape) { (start, count) throws(ImageError) in
            bytes += try content.bytes(at: start, count: count)
        }
        return Pixels(littleEndian: bytes, type)
    }
}
