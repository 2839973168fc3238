internal import Imaging
internal import ModelPackages

/// Makes labels of an output in a scratch file, block by block; the same labels as `LabelPostprocessor.labels(from:)`.
struct BlockLabelling {
    private let method: LabelPostprocessor
    private let planes: ChannelPlanes
    private let memoryBytes: Int
    private let folder: String
    /// The extents of the blocks in which components are found.
    private let blocks: [Int]
    /// The extents of the parts in which a watershed is flooded; `nil` for those that suit the memory.
    private let cores: [Int]?

    init(_ method: LabelPostprocessor, _ planes: ChannelPlanes, memoryBytes: Int, folder: String, blocks: [Int]?) {
        self.blocks = blocks ?? SeamedComponents.blocks(planes.shape)
        cores = blocks
        self.method = method
        self.planes = planes
        self.memoryBytes = memoryBytes
        self.folder = folder
    }

    /// Writes the labels; returns the number of objects, `nil` for semantic masks.
    func write(to file: LabelFile) throws(InferenceError) -> Int? {
        if case .threshold(let method) = method {
            try writeMask(file, largest: 1) { (region) throws(InferenceError) in
                try planes.read(method.channel, region).above(method.threshold).map { $0 ? 1 : 0 }
            }
            return nil
        }
        if case .argmax = method {
            try writeMask(file, largest: planes.count - 1) { (region) throws(InferenceError) in try argmax(region) }
            return nil
        }
        if case .connectedComponents(let method) = method {
            let components = try SeamedComponents(try scratch("parts"), connectivity: method.connectivity, blocks: blocks) {
                (region) throws(InferenceError) in
                try planes.read(method.channel, region).above(method.threshold)
            }
            let numbers = NumberedObjects(count: components.count, minSize: method.minSize) { components.component($0) }
            return try writeObjects(file, components.file, numbers) { components.root($0) }
        }
        if case .watershed(let method) = method {
            let basins = try BlockWatershed(
                method, planes, memoryBytes: memoryBytes, blocks: blocks, cores: cores, parts: try scratch("parts"),
                masks: try scratch("masks"), objects: try scratch("objects"))
            let numbers = NumberedObjects(count: basins.objects.count, minSize: method.minSize) { basins.objects[$0] }
            return try writeObjects(file, basins.file, numbers) { $0 }
        }
        throw .unfitOutput(
            output: "", found: "the postprocessor \(method.id) needs the whole image at once",
            remedy: "run without labels, or on a smaller image")
    }

    private func argmax(_ region: [Range<Int>]) throws(InferenceError) -> [UInt32] {
        var greatest = try planes.read(0, region)
        var labels = [UInt32](repeating: 0, count: greatest.count)
        for channel in 1..<max(1, planes.count) {
            greatest.raise(to: try planes.read(channel, region), UInt32(channel), in: &labels)
        }
        return labels
    }

    private func scratch(_ name: String) throws(InferenceError) -> BlockFile {
        try InferenceError.passingOn { () throws(ImageError) in
            try BlockFile(folder + "/" + name, shape: planes.shape, axes: planes.axes, type: .uint32, tile: (256, 256))
        }
    }

    private func writeMask(
        _ target: LabelFile, largest: Int, _ labels: (_ region: [Range<Int>]) throws(InferenceError) -> [UInt32]
    ) throws(InferenceError) {
        let writer = try target.writer(planes, largest: largest, isCounted: false)
        for region in Tiles.boxes(planes.shape, SeamedComponents.blocks(planes.shape)) { try writer.write(try labels(region), to: region) }
    }

    private func writeObjects(
        _ target: LabelFile, _ file: BlockFile, _ numbers: NumberedObjects, object: (UInt32) -> UInt32
    ) throws(InferenceError) -> Int {
        let writer = try target.writer(planes, largest: numbers.count, isCounted: true)
        for region in Tiles.boxes(planes.shape, SeamedComponents.blocks(planes.shape)) {
            let pixels = try InferenceError.passingOn { () throws(ImageError) in try file.read(region) }
            guard case .uint32(let ids) = pixels else { continue }
            try writer.write(ids.map { $0 == 0 ? 0 : numbers[Int(object($0))] }, to: region)
        }
        return numbers.count
    }
}

/// Objects numbered from 1 in raster order of their first pixels, without those that are too small.
struct NumberedObjects {
    /// The number of objects that are left.
    let count: Int
    private let numbers: [UInt32]

    /// - Parameters:
    ///   - count: one more than the largest id.
    ///   - object: the object of an id from 1; `nil` if there is none.
    init(count: Int, minSize: Int, object: (_ id: Int) -> ObjectPixels?) {
        var ids: [UInt32] = []
        for id in 1..<max(1, count) where (object(id)?.size ?? 0) >= max(1, minSize) { ids.append(UInt32(id)) }
        ids.sort { (object(Int($0))?.first ?? 0) < (object(Int($1))?.first ?? 0) }
        var numbers = [UInt32](repeating: 0, count: count)
        for (index, id) in ids.enumerated() { numbers[Int(id)] = UInt32(index + 1) }
        self.numbers = numbers
        self.count = ids.count
    }

    subscript(_ id: Int) -> UInt32 { numbers[id] }
}
