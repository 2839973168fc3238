internal import Imaging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Weighted results and the weights themselves, summed up place by place: in memory or in a scratch file.
///
/// Channels come first and the sum of the weights last; extents are those of the padded image.
final class BlendSums {
    private enum Store {
        case memory([Float])
        case file(BlockFile)
    }

    /// (channels + 1, …).
    let shape: [Int]
    private var store: Store
    /// A checksum of all sums in a file, which follows when a window is added.
    private(set) var checksum: UInt64 = 0
    /// What the sums were under one window, for a run that is killed while it changes them.
    private var kept: BlockFile?

    /// Zeros in memory.
    init(channels: Int, extents: [Int]) {
        shape = [channels + 1] + extents
        store = .memory([Float](repeating: 0, count: shape.reduce(1, *)))
    }

    /// A scratch file, whose values are 0 while nothing was added.
    ///
    /// - Parameters:
    ///   - window: the extents of a window.
    ///   - mustExist: whether an earlier run made the file.
    ///   - workName: what messages call the folder of the work in progress.
    init(
        channels: Int, extents: [Int], window: [Int], axes: [Axis], file: String, mustExist: Bool, workName: String
    ) throws(InferenceError) {
        let shape = [channels + 1] + extents
        self.shape = shape
        guard !mustExist || access(file, R_OK) == 0 else {
            throw .work(
                found: "the sums of an interrupted run are gone", remedy: "remove the folder \(workName)")
        }
        func scratch(_ name: String, _ extents: [Int]) throws(InferenceError) -> BlockFile {
            try InferenceError.passingOn { () throws(ImageError) in
                try BlockFile(name, shape: [channels + 1] + extents, axes: [.channel] + axes, type: .float32, tile: (256, 256))
            }
        }
        store = .file(try scratch(file, extents))
        kept = try scratch(file + "-kept", window)
    }

    /// Keeps the sums under a window; returns a checksum of them.
    func keep(_ box: [Range<Int>]) throws(InferenceError) -> UInt64 {
        var checksum: UInt64 = 0
        for region in regions(box) {
            let values = try read(region)
            try InferenceError.passingOn { () throws(ImageError) in
                try kept?.write(.float32(values), to: [region[0]] + box.map { 0..<$0.count })
            }
            checksum &+= Checksum.placed(values, at: region, in: shape)
        }
        return checksum
    }

    /// Makes the sums under a window what they were when they were kept; returns a checksum of them.
    func undo(_ box: [Range<Int>]) throws(InferenceError) -> UInt64 {
        var checksum: UInt64 = 0
        for region in regions(box) {
            let values = try InferenceError.passingOn { () throws(ImageError) in
                try kept?.read([region[0]] + box.map { 0..<$0.count })
            }
            guard case .float32(let floats)? = values else { preconditionFailure("only sums in a file, of float32, are kept and undone") }
            try write(floats, region)
            checksum &+= Checksum.placed(floats, at: region, in: shape)
        }
        return checksum
    }

    /// The box in each channel and in the weights, one after another, so that what is read of them is no more than the box.
    private func regions(_ box: [Range<Int>]) -> [[Range<Int>]] { (0..<shape[0]).map { [$0..<$0 + 1] + box } }

    /// Takes the checksum of what is in the file, which an earlier run left there.
    func readChecksum() throws(InferenceError) {
        checksum = 0
        let extents = shape.indices.map { $0 < shape.count - 2 ? 1 : min(512, shape[$0]) }
        for box in Tiles.boxes(shape, extents) { checksum &+= Checksum.placed(try read(box), at: box, in: shape) }
    }

    /// Adds a window's results (channels, …) with their weights.
    func add(_ values: [Float], weights: [Float], to box: [Range<Int>]) throws(InferenceError) {
        let places = weights.count
        for (channel, region) in regions(box).enumerated() {
            var sums = try read(region)
            if kept != nil { checksum &-= Checksum.placed(sums, at: region, in: shape) }
            // Bounds are checked by the extents of the box once, not for each of the sums.
            sums.withUnsafeMutableBufferPointer { sums in
                if channel == shape[0] - 1 {
                    for place in 0..<places { sums[place] += weights[place] }
                } else {
                    for place in 0..<places { sums[place] += weights[place] * values[channel * places + place] }
                }
            }
            if kept != nil { checksum &+= Checksum.placed(sums, at: region, in: shape) }
            try write(sums, region)
        }
    }

    /// The weighted means of a box, (channels, …).
    func means(_ box: [Range<Int>]) throws(InferenceError) -> [Float] {
        var sums = try read([0..<shape[0]] + box)
        let places = box.reduce(1) { $0 * $1.count }, weights = (shape[0] - 1) * places
        for channel in 0..<shape[0] - 1 {
            for place in 0..<places { sums[channel * places + place] /= sums[weights + place] }
        }
        sums.removeLast(places)
        return sums
    }

    private func read(_ region: [Range<Int>]) throws(InferenceError) -> [Float] {
        switch store {
        case .file(let file):
            guard case .float32(let values) = try InferenceError.passingOn({ () throws(ImageError) in try file.read(region) }) else {
                preconditionFailure("the file of the sums is of float32")
            }
            return values
        case .memory(let all):
            let extents = region.map(\.count)
            var values = [Float](repeating: 0, count: extents.reduce(1, *))
            Stitcher.copy(all, shape, region, into: &values, extents, at: extents.map { _ in 0 })
            return values
        }
    }

    private func write(_ values: [Float], _ region: [Range<Int>]) throws(InferenceError) {
        switch store {
        case .file(let file): try InferenceError.passingOn { () throws(ImageError) in try file.write(.float32(values), to: region) }
        case .memory(var all):
            store = .memory([])
            let extents = region.map(\.count)
            Stitcher.copy(values, extents, extents.map { 0..<$0 }, into: &all, shape, at: region.map(\.lowerBound))
            store = .memory(all)
        }
    }
}
