/// The objects of a label image: pixels and bounding box of each.
struct FlowObjects {
    /// One object.
    struct Member {
        let label: UInt32
        /// The pixels' indices, ascending.
        let pixels: [Int]
        let planes: ClosedRange<Int>
        let rows: ClosedRange<Int>
        let columns: ClosedRange<Int>
    }

    /// The labels in C order.
    private(set) var labels: [UInt32]
    /// The objects, by ascending label.
    private(set) var members: [Member]
    private let volume: FlowVolume

    /// How often the bounding boxes of all objects cover the image at most; those of real ones, long ones too, do a few times.
    private static let mostBoxes = 32

    init(labels: [UInt32], _ volume: FlowVolume) {
        self.labels = labels
        self.volume = volume
        members = FlowObjects.members(of: labels, volume)
    }

    private static func members(of labels: [UInt32], _ volume: FlowVolume) -> [Member] {
        var pixels = [[Int]](repeating: [], count: Int(labels.max() ?? 0) + 1)
        for (index, label) in labels.enumerated() where label != 0 { pixels[Int(label)].append(index) }
        return pixels.enumerated().compactMap { label, pixels in
            guard let first = pixels.first, let last = pixels.last else { return nil }
            var (top, bottom, left, right) = (Int.max, 0, Int.max, 0)
            for pixel in pixels {
                let (_, row, column) = volume.position(pixel)
                (top, bottom) = (min(top, row), max(bottom, row))
                (left, right) = (min(left, column), max(right, column))
            }
            return Member(
                label: UInt32(label), pixels: pixels, planes: volume.position(first).z...volume.position(last).z, rows: top...bottom,
                columns: left...right)
        }
    }

    /// Drops the objects that do not pass.
    ///
    /// - Parameter passes: asked with the position of an object in `members`.
    mutating func keep(where passes: (Int) -> Bool) {
        var kept: [Member] = []
        for (index, member) in members.enumerated() {
            if passes(index) { kept.append(member) } else { for pixel in member.pixels { labels[pixel] = 0 } }
        }
        members = kept
    }

    /// Drops objects of fewer than `minSize` pixels, fills the holes of the others, and drops those that became smaller by that.
    ///
    /// A hole is what an object separates from the faces of its bounding box, neighbours sharing a face; what lies in it belongs to the
    /// object, other objects too. An error where the boxes cover the image so often that looking for holes would not end.
    mutating func clean(minSize: Int) throws(PackageError) {
        if minSize > 0 { dropSmall(minSize) }
        let boxes = members.reduce(0) { $0 + $1.planes.count * $1.rows.count * $1.columns.count }
        guard boxes <= 1 << 26 + FlowObjects.mostBoxes * volume.count else {
            throw PackageError(
                .tensor, found: "\(members.count) objects that reach through each other, over \(boxes / volume.count) times the image",
                remedy: "correct the model, or raise the threshold of the cells' value")
        }
        // Those that are left are numbered from 1 as their holes are filled; a number that is given has been looked at before.
        var number: UInt32 = 0
        for member in members {
            let pixels = member.pixels.filter { labels[$0] == member.label }
            let holes = pixels.isEmpty ? [] : holes(of: member)
            // An object that was swallowed by another one's hole keeps its number, as in the reference.
            number += 1
            for pixel in pixels { labels[pixel] = number }
            for pixel in holes { labels[pixel] = number }
        }
        if minSize > 0 { dropSmall(minSize) } else { members = FlowObjects.members(of: labels, volume) }
    }

    private mutating func dropSmall(_ minSize: Int) {
        labels = LabelNumbering.renumbered(labels, minSize: minSize)
        members = FlowObjects.members(of: labels, volume)
    }

    private func holes(of member: Member) -> [Int] {
        let extents = [member.planes.count, member.rows.count, member.columns.count]
        let (rows, columns) = (extents[1], extents[2])
        func pixel(_ index: Int) -> Int {
            volume.place(
                member.planes.lowerBound + index / (rows * columns), member.rows.lowerBound + index / columns % rows,
                member.columns.lowerBound + index % columns)
        }
        let count = extents.reduce(1, *)
        // What is known: inside the object or reached from outside.
        var isKnown = (0..<count).map { labels[pixel($0)] == member.label }
        var stack: [Int] = []
        func reach(_ index: Int) {
            guard !isKnown[index] else { return }
            isKnown[index] = true
            stack.append(index)
        }
        for index in 0..<count {
            let (z, y, x) = (index / (rows * columns), index / columns % rows, index % columns)
            let isRim = y == 0 || y == rows - 1 || x == 0 || x == columns - 1 || (volume.isStack && (z == 0 || z == extents[0] - 1))
            if isRim { reach(index) }
        }
        while let index = stack.popLast() {
            let (z, y, x) = (index / (rows * columns), index / columns % rows, index % columns)
            if x > 0 { reach(index - 1) }
            if x < columns - 1 { reach(index + 1) }
            if y > 0 { reach(index - columns) }
            if y < rows - 1 { reach(index + columns) }
            if z > 0 { reach(index - rows * columns) }
            if z < extents[0] - 1 { reach(index + rows * columns) }
        }
        return (0..<count).filter { !isKnown[$0] }.map(pixel)
    }
}
