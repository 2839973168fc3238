internal import CKernels

/// The extents of a float32 image whose channels lie in blocks of sixteen: each block is (z, y, x, 16), image by image.
struct BlockedShape: Sendable, Equatable {
    let images: Int
    let channels: Int
    /// The spatial extents, one to three.
    let spatial: [Int]

    /// The blocked form of (batch, channels, spatial…); `nil` for other ranks, other types and empty images.
    init?(_ type: TensorType) {
        guard type.elementType == .float32, (3...5).contains(type.shape.count), !type.shape.contains(0) else { return nil }
        images = type.shape[0]
        channels = type.shape[1]
        spatial = Array(type.shape[2...])
    }

    /// Places in a plane or volume.
    var places: Int { spatial.reduce(1, *) }
    /// Blocks of one image.
    var blocksPerImage: Int { (channels + Int(CK_LANES) - 1) / Int(CK_LANES) }
    /// Floats of one block.
    var blockFloats: Int { places * Int(CK_LANES) }
    /// Whether most of the blocks' floats are channels; else functions of one value cost more on blocks than on plain tensors.
    var fillsBlocks: Bool { 2 * channels >= blocksPerImage * Int(CK_LANES) }
    /// Floats of the whole value.
    var floats: Int { images * blocksPerImage * blockFloats }

    /// The channels of a block: sixteen, or what is left for the last one.
    func channels(of block: Int) -> Int { min(Int(CK_LANES), channels - block * Int(CK_LANES)) }
}
