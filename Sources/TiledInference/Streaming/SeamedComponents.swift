internal import Imaging

/// Connected components of a mask that is larger than memory: labelled block by block, joined along the seams.
///
/// What is held in memory grows with the number of components, not with the image: about 20 bytes for each part that a component has
/// in a block.
struct SeamedComponents {
    /// Block by block numbers of parts, from 1; 0 outside of the mask.
    let file: BlockFile
    /// Everything about a part is at its number; entry 0 is unused. Those of a root hold for the whole component.
    private var parts: [ObjectPixels] = [.none]
    private var parents: [UInt32] = [0]
    private let shape: [Int]

    /// Labels a mask.
    ///
    /// - Parameters:
    ///   - file: a scratch file of uint32, `(y, x)` or `(z, y, x)`.
    ///   - extents: those of the blocks.
    ///   - mask: the mask of a region, in C order.
    init(
        _ file: BlockFile, connectivity: Connectivity, blocks extents: [Int],
        mask: (_ region: [Range<Int>]) throws(InferenceError) -> [Bool]
    ) throws(InferenceError) {
        self.file = file
        shape = file.shape
        let boxes = Tiles.boxes(shape, extents)
        for box in boxes { try label(box, try mask(box), connectivity) }
        for box in boxes {
            for axis in box.indices where box[axis].lowerBound > 0 { try join(box, along: axis, connectivity) }
        }
        gather()
    }

    /// The blocks in which a volume is labelled: small enough for memory, large enough to have few seams.
    static func blocks(_ shape: [Int]) -> [Int] { shape.count == 3 ? [8, 256, 256] : [768, 768] }

    /// The component to which a part belongs.
    func root(_ part: UInt32) -> UInt32 { parents[Int(part)] }

    /// The number of parts, with the unused entry 0.
    var count: Int { parents.count }

    /// The component that a part stands for; `nil` if another part does.
    func component(_ part: Int) -> ObjectPixels? { parents[part] == UInt32(part) ? parts[part] : nil }

    private mutating func label(_ box: [Range<Int>], _ mask: [Bool], _ connectivity: Connectivity) throws(InferenceError) {
        let extents = box.map(\.count)
        let (labels, count) = ConnectedComponents.label(mask, shape: extents, connectivity: connectivity)
        guard count > 0 else { return }
        let base = UInt32(clamping: parts.count - 1)
        guard parts.count + count < Int(UInt32.max) else {
            throw .unfitOutput(output: "", found: "more than 4 thousand million parts of objects", remedy: "raise the threshold")
        }
        parts += repeatElement(.none, count: count)
        parents += (1...UInt32(count)).map { base + $0 }
        var numbers = labels
        var pixel = 0
        Places.forEachRow(box, in: shape) { flat in
            for x in 0..<extents[extents.count - 1] {
                defer { pixel += 1 }
                guard labels[pixel] != 0 else { continue }
                let number = labels[pixel] + base
                numbers[pixel] = number
                parts[Int(number)].add(flat + x)
            }
        }
        let written = numbers
        try InferenceError.passingOn { () throws(ImageError) in try file.write(.uint32(written), to: box) }
    }

    /// Joins what touches across the lower face of a block: pairs of pixels on both sides, also those beside the block's edges.
    private mutating func join(_ box: [Range<Int>], along axis: Int, _ connectivity: Connectivity) throws(InferenceError) {
        var slab = zip(box, shape).map { max(0, $0.lowerBound - 1)..<min($1, $0.upperBound + 1) }
        slab[axis] = box[axis].lowerBound - 1..<box[axis].lowerBound + 1
        let region = slab
        let pixels = try InferenceError.passingOn { () throws(ImageError) in try file.read(region) }
        guard case .uint32(let numbers) = pixels else { return }
        let extents = slab.map(\.count)
        let strides = COrder.strides(of: extents)
        let others = extents.indices.filter { $0 != axis }
        // Steps along the other axes for pairs that differ by one along this one.
        var steps: [[Int]] = [[]]
        for _ in others { steps = steps.flatMap { step in [-1, 0, 1].map { step + [$0] } } }
        steps = steps.filter { $0.reduce(1) { $0 + abs($1) } <= connectivity.order }
        for place in Tiles.origins(others.map { extents[$0] }, others.map { _ in 1 }) {
            let offset = zip(place, others).reduce(0) { $0 + $1.0 * strides[$1.1] }
            let number = numbers[offset]
            guard number != 0 else { continue }
            for step in steps {
                let target = zip(place, step).map { $0 + $1 }
                guard zip(target, others).allSatisfy({ $0 >= 0 && $0 < extents[$1] }) else { continue }
                let other = numbers[strides[axis] + zip(target, others).reduce(0) { $0 + $1.0 * strides[$1.1] }]
                if other != 0 { unite(number, other) }
            }
        }
    }

    private mutating func find(_ part: UInt32) -> UInt32 {
        var part = part
        while parents[Int(part)] != part {
            parents[Int(part)] = parents[Int(parents[Int(part)])]
            part = parents[Int(part)]
        }
        return part
    }

    private mutating func unite(_ first: UInt32, _ second: UInt32) {
        let (a, b) = (find(first), find(second))
        if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
    }

    /// Adds the parts of each component to its root, and lets every part know its root.
    private mutating func gather() {
        for part in 1..<max(1, parents.count) {
            let root = find(UInt32(part))
            parents[part] = root
            guard Int(root) != part else { continue }
            parts[Int(root)].add(parts[part])
        }
    }
}

/// What is known of an object, or of a part of one, before it is numbered.
struct ObjectPixels {
    /// The first pixel in raster order of the whole image.
    private(set) var first: Int
    /// The number of pixels.
    private(set) var size: Int

    static let none = ObjectPixels(first: .max, size: 0)

    mutating func add(_ pixel: Int) { add(ObjectPixels(first: pixel, size: 1)) }

    mutating func add(_ part: ObjectPixels) {
        first = min(first, part.first)
        size += part.size
    }
}

/// Places of pixels.
enum Places {
    /// Visits the rows of a region of an image `(y, x)` or `(z, y, x)`: the number of their first pixels in raster order.
    static func forEachRow(_ region: [Range<Int>], in shape: [Int], _ visit: (Int) -> Void) {
        let planes = region.count == 3 ? region[0] : 0..<1
        let (rows, columns) = (region[region.count - 2], region[region.count - 1])
        for z in planes {
            for y in rows {
                visit((z * shape[shape.count - 2] + y) * shape[shape.count - 1] + columns.lowerBound)
            }
        }
    }
}
