/// Sizes and numbers of labels.
package enum LabelNumbering {
    /// Drops labels of fewer than `minSize` pixels and numbers the others from 1 in raster order of their first pixels.
    package static func renumbered(_ labels: [UInt32], minSize: Int) -> [UInt32] {
        let highest = Int(labels.max() ?? 0)
        var sizes = [Int](repeating: 0, count: highest + 1)
        for label in labels { sizes[Int(label)] += 1 }
        var numbers = [UInt32](repeating: 0, count: highest + 1)
        var next: UInt32 = 0
        return labels.map { label in
            let old = Int(label)
            guard old != 0, sizes[old] >= minSize else { return 0 }
            if numbers[old] == 0 {
                next += 1
                numbers[old] = next
            }
            return numbers[old]
        }
    }
}
