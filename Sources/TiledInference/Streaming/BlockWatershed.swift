internal import Foundation
internal import Imaging

/// The watershed of `WatershedLabelling` on an image that is larger than memory: pixel for pixel the flood of the whole image, in windows
/// around its parts.
///
/// Labels spread inside the connected components of the mask. One without a seed stays background, one that the seeds of a single object
/// reach is that object's as a whole, whatever its elevations; only components in which objects meet are flooded.
///
/// What lies beside a window is not known and may flow in. A pixel of the mask on such a rim is therefore a marker of its own, *unknown*,
/// in the queue from the start. Heights and the order of entering decide who comes first, and nothing from beside the window can enter
/// such a pixel earlier than from the start; so, by induction along the queue, whatever the outside reaches before one of the window's
/// own labels does, the unknown reaches before it too. Pixels that get a label all the same have it in the flood of the whole image.
/// Where the unknown reaches the part that is wanted, the window is made larger, then the part smaller.
struct BlockWatershed {
    /// The objects, by their ids from 1; entry 0 is unused.
    private(set) var objects: [ObjectPixels] = [.none]
    /// The objects' ids.
    let file: BlockFile

    private let method: WatershedLabelling
    private let planes: ChannelPlanes
    private let seeds: SeamedComponents
    /// The components of the mask.
    private let regions: SeamedComponents
    /// To whom a component of the mask belongs, by its root: a component of seeds by its root, 0 for nobody, `contested` for several.
    private var owners: [UInt32]
    /// The object that grows from a component of seeds, by its root; 0 for none yet.
    private var ids: [UInt32]
    /// The largest extents of a window.
    private let most: [Int]

    /// Bytes that a flood needs for each pixel of its window: maps, owners, labels and the queue.
    private static let bytesPerPixel = 100
    private static let contested = UInt32.max
    /// The label of what comes from beside the window.
    private static let unknown = UInt32.max
    /// A window is at most so many times as long as the part that is wanted of it: more would be visited too often.
    private static let longestWindow = 8

    /// - Parameter cores: the extents of the parts; by default three quarters of the largest window's.
    init(
        _ method: WatershedLabelling, _ planes: ChannelPlanes, memoryBytes: Int, blocks: [Int], cores: [Int]?, parts: BlockFile,
        masks: BlockFile, objects: BlockFile
    ) throws(InferenceError) {
        self.method = method
        self.planes = planes
        file = objects
        seeds = try SeamedComponents(parts, connectivity: method.connectivity, blocks: blocks) { (region) throws(InferenceError) in
            try BlockWatershed.fields(method, planes, region).seeds
        }
        regions = try SeamedComponents(masks, connectivity: method.connectivity, blocks: blocks) { (region) throws(InferenceError) in
            try BlockWatershed.fields(method, planes, region).mask
        }
        owners = [UInt32](repeating: 0, count: regions.count)
        ids = [UInt32](repeating: 0, count: seeds.count)
        most = BlockWatershed.extents(of: planes.shape, pixels: max(1 << 16, memoryBytes / Self.bytesPerPixel))
        for box in Tiles.boxes(planes.shape, blocks) { try findOwners(in: box) }
        let wanted = cores ?? zip(most, planes.shape).map { $0 < $1 ? max(1, $0 * 3 / 4) : $0 }
        for core in Tiles.boxes(planes.shape, wanted) { try flood(core) }
    }

    /// Extents of at most so many pixels, as equal as the image's allow.
    private static func extents(of shape: [Int], pixels: Int) -> [Int] {
        var extents = shape, room = pixels
        for (done, axis) in shape.indices.sorted(by: { shape[$0] < shape[$1] }).enumerated() {
            let edge = Int(pow(Double(room), 1 / Double(shape.count - done)))
            extents[axis] = max(1, min(shape[axis], edge))
            room /= extents[axis]
        }
        return extents
    }

    private static func fields(
        _ method: WatershedLabelling, _ planes: ChannelPlanes, _ region: [Range<Int>]
    ) throws(InferenceError) -> (seeds: [Bool], mask: [Bool], elevation: [Double]) {
        let foreground = try planes.read(method.foreground, region)
        let guiding = try method.guideChannel.map { (channel) throws(InferenceError) in try planes.read(channel, region) }
        return method.fields(foreground, guiding)
    }

    /// Notes which objects have seeds in the components of the mask.
    private mutating func findOwners(in box: [Range<Int>]) throws(InferenceError) {
        let (numbers, parts) = try (BlockWatershed.read(regions.file, box), BlockWatershed.read(seeds.file, box))
        for (number, part) in zip(numbers, parts) where number != 0 && part != 0 {
            let region = Int(regions.root(number)), seed = seeds.root(part)
            owners[region] = owners[region] == 0 || owners[region] == seed ? seed : Self.contested
        }
    }

    /// The owner of each pixel's component; 0 outside of the mask.
    private func owners(of region: [Range<Int>]) throws(InferenceError) -> [UInt32] {
        try BlockWatershed.read(regions.file, region).map { $0 == 0 ? 0 : owners[Int(regions.root($0))] }
    }

    private static func read(_ file: BlockFile, _ region: [Range<Int>]) throws(InferenceError) -> [UInt32] {
        let pixels = try InferenceError.passingOn { () throws(ImageError) in try file.read(region) }
        guard case .uint32(let numbers) = pixels else { return [UInt32](repeating: 0, count: pixels.count) }
        return numbers
    }

    /// Labels a part of the image, in a window as large as it has to be.
    private mutating func flood(_ core: [Range<Int>]) throws(InferenceError) {
        let known = try owners(of: core)
        guard known.contains(Self.contested) else { return try write(known, to: core) }
        var extents = zip(core, most).map { min($1, $0.count + max(2, $0.count / 4 * 2)) }
        while try !flood(core, in: window(around: core, extents)) {
            let larger = core.indices.map { min(most[$0], max(extents[$0] + 1, 2 * extents[$0] - core[$0].count)) }
            guard larger != extents else { return try floodHalves(of: core) }
            extents = larger
        }
    }

    private mutating func floodHalves(of core: [Range<Int>]) throws(InferenceError) {
        let cut = core.indices.filter { most[$0] < planes.shape[$0] }
        guard let longest = cut.max(by: { core[$0].count < core[$1].count }),
            core[longest].count > 1, core[longest].count * Self.longestWindow > most[longest]
        else {
            // Which window would do is not known; the whole image does.
            let (bytes, all) = (most.reduce(Self.bytesPerPixel, *), planes.shape.reduce(Self.bytesPerPixel, *))
            let (place, near) = (core.map(\.lowerBound), most.map(String.init).joined(separator: " x "))
            throw .memoryAtOnce(
                what: "the watershed around the pixel \(place) depends on more than the \(near) pixels near it; the whole image at once",
                neededBytes: all, allowedBytes: bytes, remedy: "raise the postprocessor's maskThreshold, which parts objects")
        }
        let (range, middle) = (core[longest], core[longest].lowerBound + core[longest].count / 2)
        for half in [range.lowerBound..<middle, middle..<range.upperBound] {
            var part = core
            part[longest] = half
            try flood(part)
        }
    }

    /// A box of these extents inside the image, with the part in its middle where that is possible.
    private func window(around core: [Range<Int>], _ extents: [Int]) -> [Range<Int>] {
        core.indices.map { axis in
            let extent = min(planes.shape[axis], extents[axis])
            let low = max(0, min(planes.shape[axis] - extent, core[axis].lowerBound - (extent - core[axis].count) / 2))
            return low..<low + extent
        }
    }

    /// Floods a window and keeps the labels of the part; false if the unknown reached it.
    private mutating func flood(_ core: [Range<Int>], in window: [Range<Int>]) throws(InferenceError) -> Bool {
        let owners = try owners(of: window), mask = owners.map { $0 == Self.contested }
        let elevation = try BlockWatershed.fields(method, planes, window).elevation
        var markers = try BlockWatershed.read(seeds.file, window).map { $0 == 0 ? 0 : seeds.root($0) }
        let extents = window.map(\.count)
        forEachUnknown(window) { pixel in
            if mask[pixel], markers[pixel] == 0 { markers[pixel] = Self.unknown }
        }
        let labels = Watershed.flood(elevation, markers: markers, mask: mask, shape: extents, connectivity: method.connectivity)
        let inner = zip(core, window).map { $0.lowerBound - $1.lowerBound..<$0.upperBound - $1.lowerBound }
        let width = core[core.count - 1].count
        var roots: [UInt32] = []
        roots.reserveCapacity(core.reduce(1) { $0 * $1.count })
        Places.forEachRow(inner, in: extents) { start in
            for pixel in start..<start + width { roots.append(mask[pixel] ? labels[pixel] : owners[pixel]) }
        }
        guard !roots.contains(Self.unknown) else { return false }
        try write(roots, to: core)
        return true
    }

    /// Writes the objects of a part, which are given by the roots of their seeds.
    private mutating func write(_ roots: [UInt32], to core: [Range<Int>]) throws(InferenceError) {
        let width = core[core.count - 1].count
        var ids: [UInt32] = []
        ids.reserveCapacity(roots.count)
        Places.forEachRow(core, in: planes.shape) { place in
            for x in 0..<width { ids.append(object(roots[ids.count], at: place + x)) }
        }
        let written = ids
        try InferenceError.passingOn { () throws(ImageError) in try file.write(.uint32(written), to: core) }
    }

    /// Visits the pixels of a window whose neighbours outside of it are pixels of the image.
    private func forEachUnknown(_ window: [Range<Int>], _ visit: (Int) -> Void) {
        let extents = window.map(\.count), width = extents[extents.count - 1]
        func isUnknown(_ place: Int, _ axis: Int) -> Bool {
            place == 0 && window[axis].lowerBound > 0 || place == extents[axis] - 1 && window[axis].upperBound < planes.shape[axis]
        }
        for row in 0..<extents.dropLast().reduce(1, *) {
            let y = row % extents[extents.count - 2], z = row / extents[extents.count - 2]
            if isUnknown(y, extents.count - 2) || extents.count == 3 && isUnknown(z, 0) {
                for x in 0..<width { visit(row * width + x) }
            } else {
                for x in Set([0, width - 1]) where isUnknown(x, extents.count - 1) { visit(row * width + x) }
            }
        }
    }

    /// The object of a component of seeds, with a pixel more; 0 stays 0.
    private mutating func object(_ root: UInt32, at place: Int) -> UInt32 {
        guard root != 0 else { return 0 }
        if ids[Int(root)] == 0 {
            ids[Int(root)] = UInt32(objects.count)
            objects.append(.none)
        }
        let id = ids[Int(root)]
        objects[Int(id)].add(place)
        return id
    }
}
