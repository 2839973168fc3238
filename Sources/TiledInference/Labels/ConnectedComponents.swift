/// Connected components of a mask, numbered from 1 in raster order of their first pixels.
///
/// Works on runs of pixels along x with a union-find over runs; linear in the number of runs.
/// The numbers equal those of `scipy.ndimage.label` with `generate_binary_structure(ndim, connectivity.order)`.
public enum ConnectedComponents {
    /// Labels a mask.
    ///
    /// - Parameters:
    ///   - mask: the pixels in C order; `mask.count` is the product of `shape`.
    ///   - shape: `(y, x)` or `(z, y, x)`.
    /// - Returns: labels in C order, 0 where the mask is false, and their number.
    public static func label(_ mask: [Bool], shape: [Int], connectivity: Connectivity) -> (labels: [UInt32], count: Int) {
        precondition(
            (shape.count == 2 || shape.count == 3) && shape.reduce(1, *) == mask.count, "a mask has as many pixels as its extents say")
        let width = shape[shape.count - 1]
        let height = shape[shape.count - 2]
        let rows = width == 0 ? 0 : mask.count / width
        var runs = RunForest(rows: rows)
        for row in 0..<rows {
            runs.append(row: row, of: mask, width: width)
            let (y, z) = (row % height, row / height)
            runs.join(row, with: y > 0 ? row - 1 : nil, steps: 1, connectivity)
            guard z > 0 else { continue }
            runs.join(row, with: row - height, steps: 1, connectivity)
            runs.join(row, with: y > 0 ? row - height - 1 : nil, steps: 2, connectivity)
            runs.join(row, with: y < height - 1 ? row - height + 1 : nil, steps: 2, connectivity)
        }
        return runs.labels(pixels: mask.count, width: width)
    }
}

/// Runs of pixels and which of them belong together; the root of a set is its first run.
private struct RunForest {
    private var starts: [Int32] = []
    private var ends: [Int32] = []
    private var parents: [Int32] = []
    /// The first run of each row; one entry more than there are rows so far.
    private var rowStarts: [Int] = [0]

    init(rows: Int) {
        rowStarts.reserveCapacity(rows + 1)
    }

    /// Finds the runs of the next row.
    mutating func append(row: Int, of mask: [Bool], width: Int) {
        let base = row * width
        var x = 0
        while x < width {
            guard mask[base + x] else {
                x += 1
                continue
            }
            let start = x
            while x < width, mask[base + x] { x += 1 }
            parents.append(Int32(starts.count))
            starts.append(Int32(start))
            ends.append(Int32(x))
        }
        rowStarts.append(starts.count)
    }

    /// Joins touching runs of two rows that lie `steps` axes apart; pixels may differ along x too if the order allows one more.
    mutating func join(_ row: Int, with other: Int?, steps: Int, _ connectivity: Connectivity) {
        guard let other, steps <= connectivity.order else { return }
        let slack: Int32 = steps < connectivity.order ? 1 : 0
        var run = rowStarts[row]
        var neighbour = rowStarts[other]
        let (lastRun, lastNeighbour) = (rowStarts[row + 1], rowStarts[other + 1])
        while run < lastRun, neighbour < lastNeighbour {
            if ends[neighbour] + slack <= starts[run] {
                neighbour += 1
            } else if ends[run] + slack <= starts[neighbour] {
                run += 1
            } else {
                unite(run, neighbour)
                if ends[neighbour] < ends[run] { neighbour += 1 } else { run += 1 }
            }
        }
    }

    private mutating func root(_ run: Int) -> Int {
        var run = run
        while parents[run] != Int32(run) {
            parents[run] = parents[Int(parents[run])]
            run = Int(parents[run])
        }
        return run
    }

    private mutating func unite(_ first: Int, _ second: Int) {
        let (a, b) = (root(first), root(second))
        if a < b { parents[b] = Int32(a) } else { parents[a] = Int32(b) }
    }

    /// Paints the runs. Roots are met before the runs that belong to them, so that numbers follow the raster order.
    mutating func labels(pixels: Int, width: Int) -> (labels: [UInt32], count: Int) {
        var labels = [UInt32](repeating: 0, count: pixels)
        var numbers = [UInt32](repeating: 0, count: starts.count)
        var count: UInt32 = 0
        for row in rowStarts.indices.dropLast() {
            for run in rowStarts[row]..<rowStarts[row + 1] {
                let first = root(run)
                if first == run {
                    count += 1
                    numbers[run] = count
                }
                let number = numbers[first]
                for pixel in row * width + Int(starts[run])..<row * width + Int(ends[run]) { labels[pixel] = number }
            }
        }
        return (labels, Int(count))
    }
}
