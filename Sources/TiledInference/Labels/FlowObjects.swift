/// The objects of a label image: pixels and bounding box of each.
struct FlowObjects {
    /// One object.
    struct Member {
        let label: UInt32
        /// The pixels' indices, ascending.
        let pixels: [Int]
        let rows: ClosedRange<Int>
        let columns: ClosedRange<Int>
    }

    /// The labels in C order.
    private(set) var labels: [UInt32]
    private var members: [Member]
    private let width: Int

    init(labels: [UInt32], height: Int, width: Int) {
        var pixels: [UInt32: [Int]] = [:]
        for (index, label) in labels.enumerated() where label != 0 { pixels[label, default: []].append(index) }
        self.labels = labels
        self.width = width
        members = pixels.sorted { $0.key < $1.key }.map { label, pixels in
            let columns = pixels.map { $0 % width }
            return Member(
                label: label, pixels: pixels, rows: pixels[0] / width...pixels[pixels.count - 1] / width,
                columns: (columns.min() ?? 0)...(columns.max() ?? 0))
        }
    }

    /// Drops the objects that do not pass.
    mutating func keep(where passes: (Member) -> Bool) {
        var kept: [Member] = []
        for member in members {
            if passes(member) { kept.append(member) } else { for pixel in member.pixels { labels[pixel] = 0 } }
        }
        members = kept
    }

    /// Drops objects of fewer than `minSize` pixels and fills the holes of the others, in the order of their labels.
    ///
    /// A hole is what the object and the frame around its bounding box separate from the outside, neighbours sharing a face;
    /// what lies in it belongs to the object, other objects too.
    mutating func fillHoles(minSize: Int) {
        for member in members {
            let pixels = member.pixels.filter { labels[$0] == member.label }
            if pixels.count < minSize {
                for pixel in pixels { labels[pixel] = 0 }
            } else {
                for pixel in holes(of: member) { labels[pixel] = member.label }
            }
        }
    }

    private func holes(of member: Member) -> [Int] {
        let (rows, columns) = (member.rows.count + 2, member.columns.count + 2)
        var isOutside = [Bool](repeating: false, count: rows * columns)
        var stack = [0]
        isOutside[0] = true
        func isObject(_ row: Int, _ column: Int) -> Bool {
            guard row > 0, row < rows - 1, column > 0, column < columns - 1 else { return false }
            return labels[pixel(member, row, column)] == member.label
        }
        while let place = stack.popLast() {
            let (row, column) = (place / columns, place % columns)
            for (r, c) in [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)] {
                guard r >= 0, r < rows, c >= 0, c < columns, !isOutside[r * columns + c], !isObject(r, c) else { continue }
                isOutside[r * columns + c] = true
                stack.append(r * columns + c)
            }
        }
        var holes: [Int] = []
        for row in 1..<rows - 1 {
            for column in 1..<columns - 1 where !isOutside[row * columns + column] && !isObject(row, column) {
                holes.append(pixel(member, row, column))
            }
        }
        return holes
    }

    /// The pixel at a place of the framed bounding box.
    private func pixel(_ member: Member, _ row: Int, _ column: Int) -> Int {
        (member.rows.lowerBound + row - 1) * width + member.columns.lowerBound + column - 1
    }
}
