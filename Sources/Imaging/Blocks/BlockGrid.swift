/// An image cut into blocks of one size, counted in C order.
struct BlockGrid {
    let shape: [Int]
    let blockShape: [Int]
    /// The number of blocks along each axis.
    let counts: [Int]

    init(shape: [Int], blockShape: [Int]) {
        self.shape = shape
        self.blockShape = blockShape
        counts = zip(shape, blockShape).map { ($0 - 1) / $1 + 1 }
    }

    /// The positions of the blocks that a region touches, in C order.
    func blocks(touching region: [Range<Int>]) -> [[Int]] {
        var blocks: [[Int]] = [[]]
        for (range, extent) in zip(region, blockShape) {
            let along = range.lowerBound / extent...(range.upperBound - 1) / extent
            blocks = blocks.flatMap { block in along.map { block + [$0] } }
        }
        return blocks
    }

    /// The number of a block.
    func index(of block: [Int]) -> Int { zip(block, counts).reduce(0) { $0 * $1.1 + $1.0 } }

    /// The box of a block; blocks at the end of an axis reach over it.
    func fullBox(of block: [Int]) -> [Range<Int>] { zip(block, blockShape).map { $0 * $1..<($0 + 1) * $1 } }

    /// The part of a block that lies in the image.
    func box(of block: [Int]) -> [Range<Int>] { zip(fullBox(of: block), shape).map { $0.clamped(to: 0..<$1) } }
}
