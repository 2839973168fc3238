/// An image that is read region by region, so that its size is not bounded by memory.
///
/// What a read holds in memory is the region, the blocks that are decoded for it and a cache of bounded size.
public protocol ImageBlocks: AnyObject {
    /// The extent of each axis, slowest first. Never empty, never zero.
    var shape: [Int] { get }
    /// The name of each axis, in the order of `shape`.
    var axes: [Axis] { get }
    /// The type in which regions are returned.
    var type: PixelType { get }
    /// Where the pixels lie, as far as the file says.
    var geometry: ImageGeometry { get }
    /// The extents of the blocks in which the file is best read; blocks at the end of an axis may be shorter.
    var blockShape: [Int] { get }
    /// What the file says that is not taken as it stands, in words for people.
    var notes: [String] { get }

    /// The pixels of a region in C order; one range for each axis, none empty, all inside the image.
    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels
}

/// An image that is written region by region. Regions may come in any order; writing one again replaces it.
public protocol BlockWriter: AnyObject {
    /// The extent of each axis, slowest first.
    var shape: [Int] { get }
    /// The extents of the blocks in which the file is best written.
    var blockShape: [Int] { get }
    /// Whether a block that is written in part is read, changed and written as a whole.
    var changesWholeBlocks: Bool { get }

    /// Writes a region; `pixels` are its values in C order, of the writer's type. When the call returns, they are in the file.
    func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError)
}

/// An image that is written region by region and read again while it is, so that what an earlier writer left can be checked.
public protocol RereadableWriter: BlockWriter {
    /// The values that lie in a region, in C order; 0 where nothing was written.
    func read(_ region: [Range<Int>]) throws(ImageError) -> Pixels
}

extension BlockWriter {
    /// Rows are written where they lie.
    public var changesWholeBlocks: Bool { false }
}

extension ImageBlocks {
    /// Most files say nothing of that kind.
    public var notes: [String] { [] }

    /// Micrometres between neighbouring pixels for each spatial axis of which the file says it.
    public var spacing: [Axis: Double] { geometry.spacing }

    /// Refuses a region that is not one of this image.
    func check(_ region: [Range<Int>]) throws(ImageError) { try Region.check(region, in: shape) }
}

/// Boxes of an image: one range for each axis.
enum Region {
    /// Refuses a region that is empty or not inside an image.
    static func check(_ region: [Range<Int>], in shape: [Int]) throws(ImageError) {
        guard region.count == shape.count,
            zip(region, shape).allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= $1 })
        else { throw ImageError(.unsuitable, "the region \(region) is asked for; the image has the extents \(shape).") }
    }

    /// The part that two boxes share; `nil` if there is none.
    static func shared(_ first: [Range<Int>], _ second: [Range<Int>]) -> [Range<Int>]? {
        let ranges = zip(first, second).map { $0.clamped(to: $1) }
        return ranges.contains(where: \.isEmpty) ? nil : ranges
    }

    /// Visits the parts of a box that lie together in an array in C order: the place of the first element, and how many there are.
    static func forEachRun(
        of box: [Range<Int>], in shape: [Int], _ visit: (_ start: Int, _ count: Int) throws(ImageError) -> Void
    ) throws(ImageError) {
        guard !box.contains(where: \.isEmpty) else { return }
        let strides = COrder.strides(of: shape)
        // Axes from here on make one run: all of them but the first are covered whole.
        var inner = shape.count, length = 1
        while inner > 0 {
            inner -= 1
            length *= box[inner].count
            if box[inner].count < shape[inner] { break }
        }
        var place = zip(box, strides).reduce(0) { $0 + $1.0.lowerBound * $1.1 }
        var position = box.map(\.lowerBound)
        while true {
            try visit(place, length)
            var axis = inner - 1
            while axis >= 0 {
                position[axis] += 1
                place += strides[axis]
                if position[axis] < box[axis].upperBound { break }
                place -= box[axis].count * strides[axis]
                position[axis] = box[axis].lowerBound
                axis -= 1
            }
            guard axis >= 0 else { return }
        }
    }
}
