/// Copies boxes of elements between arrays that lie in C order.
enum BoxCopy {
    /// Copies what the box `source` and the box `target` share; the boxes are places in the same image, the bytes their elements.
    static func copy(
        from source: [UInt8], at sourceBox: [Range<Int>], to target: inout [UInt8], at targetBox: [Range<Int>], elementSize: Int
    ) {
        guard let shared = Region.shared(sourceBox, targetBox), let row = shared.last else { return }
        let rowBytes = row.count * elementSize
        let outer = shared.dropLast()
        var position = outer.map(\.lowerBound)
        // Rows are copied by address: element by element this is the slowest part of reading.
        source.withUnsafeBytes { from in
            target.withUnsafeMutableBytes { to in
                while true {
                    let start = offset(of: position + [row.lowerBound], in: sourceBox) * elementSize
                    let end = offset(of: position + [row.lowerBound], in: targetBox) * elementSize
                    UnsafeMutableRawBufferPointer(rebasing: to[end..<end + rowBytes])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: from[start..<start + rowBytes]))
                    guard var axis = outer.indices.last else { return }
                    position[axis] += 1
                    while position[axis] == outer[axis].upperBound {
                        position[axis] = outer[axis].lowerBound
                        guard axis > 0 else { return }
                        axis -= 1
                        position[axis] += 1
                    }
                }
            }
        }
    }

    private static func offset(of position: [Int], in box: [Range<Int>]) -> Int {
        var offset = 0
        for (place, range) in zip(position, box) { offset = offset * range.count + place - range.lowerBound }
        return offset
    }

    /// The elements of an array with the given extents, its axes put into another order: axis `i` of the result is axis `order[i]`.
    static func permuted(_ bytes: [UInt8], shape: [Int], order: [Int], elementSize: Int) -> [UInt8] {
        guard order != Array(shape.indices) else { return bytes }
        let strides = COrder.strides(of: shape)
        let extents = order.map { shape[$0] }
        let steps = order.map { strides[$0] }
        var result = [UInt8](repeating: 0, count: bytes.count)
        var position = [Int](repeating: 0, count: extents.count)
        var source = 0
        for target in 0..<extents.reduce(1, *) {
            for byte in 0..<elementSize { result[target * elementSize + byte] = bytes[source * elementSize + byte] }
            var axis = extents.count - 1
            while axis >= 0 {
                position[axis] += 1
                source += steps[axis]
                if position[axis] < extents[axis] { break }
                source -= steps[axis] * extents[axis]
                position[axis] = 0
                axis -= 1
            }
        }
        return result
    }
}
