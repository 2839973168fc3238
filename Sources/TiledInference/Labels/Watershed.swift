/// Flooding from markers by a priority queue.
///
/// Pixels enter the queue when a labelled neighbour reaches them and leave it lowest elevation first, among equals the one that
/// entered first; a pixel takes its label when it enters. Markers are in the queue from the start; markers of equal elevation
/// leave in raster order. Pixels of the mask that no marker reaches stay 0.
/// Source: Soille and Ansoult 1990, in the form of `skimage.segmentation.watershed`, whose results these are pixel for pixel where
/// elevations do not tie; ties are broken as written above, so that there is one result.
public enum Watershed {
    /// Floods.
    ///
    /// - Parameters:
    ///   - elevation: finite or infinite values in C order, no NaN.
    ///   - markers: labels in C order, 0 where there is none; markers outside the mask are dropped.
    ///   - mask: where labels may spread.
    ///   - shape: `(y, x)` or `(z, y, x)`.
    public static func flood(
        _ elevation: [Double], markers: [UInt32], mask: [Bool], shape: [Int], connectivity: Connectivity
    ) -> [UInt32] {
        precondition(elevation.count == markers.count && elevation.count == mask.count, "elevation, markers and mask have the same extents")
        let grid = PaddedGrid(shape: shape, connectivity: connectivity)
        var labels = [UInt32](repeating: 0, count: grid.count)
        // Where a label may still be put: inside the mask, without a label. The rim of the grid is outside.
        var isOpen = [Bool](repeating: false, count: grid.count)
        var heights = [Double](repeating: 0, count: grid.count)
        grid.forEachPixel { pixel, place in
            guard mask[pixel] else { return }
            labels[place] = markers[pixel]
            isOpen[place] = markers[pixel] == 0
            heights[place] = elevation[pixel]
        }
        var queue = FloodQueue()
        grid.forEachPixel { _, place in
            // A marker without open neighbours has nothing to do, now or later.
            guard labels[place] != 0, grid.neighbours.contains(where: { isOpen[place + $0] }) else { return }
            queue.push(.init(height: heights[place], age: 0, place: place))
        }
        var age = 0
        while let next = queue.pop() {
            for step in grid.neighbours where isOpen[next.place + step] {
                let place = next.place + step
                age += 1
                isOpen[place] = false
                labels[place] = labels[next.place]
                queue.push(.init(height: heights[place], age: age, place: place))
            }
        }
        var result = [UInt32](repeating: 0, count: elevation.count)
        grid.forEachPixel { pixel, place in result[pixel] = labels[place] }
        return result
    }
}

/// The places of an image with a rim of one pixel, so that every pixel has all its neighbours.
private struct PaddedGrid {
    let count: Int
    /// Steps to the neighbours, nearest first, in raster order among equally near ones.
    let neighbours: [Int]
    private let depth: Int
    private let height: Int
    private let width: Int

    init(shape: [Int], connectivity: Connectivity) {
        width = shape[shape.count - 1]
        height = shape[shape.count - 2]
        depth = shape.count == 3 ? shape[0] : 1
        let rim = shape.count == 3 ? 1 : 0
        count = (depth + 2 * rim) * (height + 2) * (width + 2)
        var steps: [(distance: Int, step: Int)] = []
        for dz in -rim...rim {
            for dy in -1...1 {
                for dx in -1...1 {
                    let distance = abs(dz) + abs(dy) + abs(dx)
                    if distance > 0, distance <= connectivity.order {
                        steps.append((distance, (dz * (height + 2) + dy) * (width + 2) + dx))
                    }
                }
            }
        }
        neighbours = steps.sorted { ($0.distance, $0.step) < ($1.distance, $1.step) }.map(\.step)
        self.rim = rim
    }

    private let rim: Int

    /// Visits every pixel in raster order with its place in the grid.
    @inline(__always)
    func forEachPixel(_ visit: (_ pixel: Int, _ place: Int) -> Void) {
        var pixel = 0
        for z in 0..<depth {
            for y in 0..<height {
                let row = ((z + rim) * (height + 2) + y + 1) * (width + 2) + 1
                for x in 0..<width {
                    visit(pixel, row + x)
                    pixel += 1
                }
            }
        }
    }
}
