internal import Imaging

/// The watershed of `WatershedLabelling` on an image that is larger than memory.
///
/// Labels spread only inside the mask, and seeds reach no further than the connected parts of mask and seeds together. Each such
/// component is therefore flooded on its own, in a window around it, and its pixels leave the queue in the same order as in a flood
/// of the whole image; the result is the same pixel for pixel. Memory is bounded as long as components are.
struct BlockWatershed {
    /// The objects, with ids from 1.
    private(set) var found: [NumberedObjects.Object] = []
    /// The objects' ids.
    let file: BlockFile

    private let method: WatershedLabelling
    private let planes: ChannelPlanes
    private let components: SeamedComponents
    /// Bytes that a flood needs for each pixel of its window: maps, masks, labels and the queue.
    private static let bytesPerPixel = 96

    init(
        _ method: WatershedLabelling, _ planes: ChannelPlanes, memoryBytes: Int, blocks: [Int], parts: BlockFile, objects: BlockFile
    ) throws(InferenceError) {
        self.method = method
        self.planes = planes
        file = objects
        components = try SeamedComponents(parts, connectivity: method.connectivity, blocks: blocks) { (region) throws(InferenceError) in
            let (seeds, mask, _) = try BlockWatershed.fields(method, planes, region)
            return zip(seeds, mask).map { $0 || $1 }
        }
        let mostPixels = max(1 << 16, memoryBytes / Self.bytesPerPixel)
        for (roots, window) in try windows(mostPixels) { try flood(roots, window) }
    }

    private static func fields(
        _ method: WatershedLabelling, _ planes: ChannelPlanes, _ region: [Range<Int>]
    ) throws(InferenceError) -> (seeds: [Bool], mask: [Bool], elevation: [Double]) {
        let foreground = try planes.read(method.foreground, region)
        let guiding = try method.guideChannel.map { (channel) throws(InferenceError) in try planes.read(channel, region) }
        return method.fields(foreground, guiding)
    }

    /// Components that lie near each other, in windows that fit into memory.
    private func windows(_ mostPixels: Int) throws(InferenceError) -> [(roots: Set<UInt32>, window: [Range<Int>])] {
        var result: [(roots: Set<UInt32>, window: [Range<Int>])] = []
        let axes = planes.shape.count
        for root in 1..<max(1, components.count) where components.isRoot(root) {
            let box = components.parts[root].box(axes: axes)
            let pixels = box.reduce(1) { $0 * $1.count }
            guard pixels <= mostPixels else {
                throw .memoryAtOnce(
                    what: "the watershed of touching objects that span \(box.map { "\($0.count)" }.joined(separator: " x ")) pixels",
                    neededBytes: pixels * Self.bytesPerPixel, allowedBytes: mostPixels * Self.bytesPerPixel,
                    remedy: "raise the mask's threshold")
            }
            if let last = result.last {
                let joint = zip(last.window, box).map { min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound) }
                // A joint window may not be much emptier than the image, or every pixel would be visited again and again.
                if joint.reduce(1, { $0 * $1.count }) <= min(mostPixels, 1 << 20) {
                    result[result.count - 1].roots.insert(UInt32(root))
                    result[result.count - 1].window = joint
                    continue
                }
            }
            result.append(([UInt32(root)], box))
        }
        return result
    }

    private mutating func flood(_ roots: Set<UInt32>, _ window: [Range<Int>]) throws(InferenceError) {
        let parts = try InferenceError.passingOn { () throws(ImageError) in try components.file.read(window) }
        guard case .uint32(let numbers) = parts else { return }
        var isInside = [Bool](repeating: false, count: numbers.count)
        var known: (part: UInt32, isInside: Bool) = (0, false)
        for index in numbers.indices where numbers[index] != 0 {
            if numbers[index] != known.part { known = (numbers[index], roots.contains(components.root(numbers[index]))) }
            isInside[index] = known.isInside
        }
        var (seeds, mask, elevation) = try BlockWatershed.fields(method, planes, window)
        for index in isInside.indices where !isInside[index] {
            seeds[index] = false
            mask[index] = false
        }
        let extents = window.map(\.count)
        let (markers, count) = ConnectedComponents.label(seeds, shape: extents, connectivity: method.connectivity)
        guard count > 0 else { return }
        let labels = Watershed.flood(elevation, markers: markers, mask: mask, shape: extents, connectivity: method.connectivity)
        let base = found.count
        found += (1...count).map { NumberedObjects.Object(id: base + $0, first: .max, size: 0) }
        let before = try InferenceError.passingOn { () throws(ImageError) in try file.read(window) }
        guard case .uint32(var ids) = before else { return }
        var pixel = 0
        Places.forEachRow(window, in: planes.shape) { _, flat in
            for x in 0..<extents[extents.count - 1] {
                defer { pixel += 1 }
                guard isInside[pixel] else { continue }
                // An interrupted run may have left other ids here.
                ids[pixel] = 0
                guard labels[pixel] != 0 else { continue }
                let object = base + Int(labels[pixel])
                ids[pixel] = UInt32(object)
                found[object - 1].first = min(found[object - 1].first, flat + x)
                found[object - 1].size += 1
            }
        }
        let after = ids
        try InferenceError.passingOn { () throws(ImageError) in try file.write(.uint32(after), to: window) }
    }
}
