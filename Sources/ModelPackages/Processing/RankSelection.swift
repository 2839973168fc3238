/// Finds the element of a given rank without sorting: four counting passes over 16 bits each of the value's ordered bits.
///
/// The time is linear whatever the order of the values.
enum RankSelection {
    /// The element of rank `rank` (0 is the smallest) of values without NaN.
    static func value(ofRank rank: Int, in values: [Double]) -> Double {
        var remaining = rank
        var prefix: UInt64 = 0
        var histogram = [Int](repeating: 0, count: 1 << 16)
        for shift in [48, 32, 16, 0] as [UInt64] {
            for index in histogram.indices { histogram[index] = 0 }
            for value in values {
                let bits = value.orderedBits
                if shift == 48 || bits >> (shift + 16) == prefix { histogram[Int((bits >> shift) & 0xFFFF)] += 1 }
            }
            var bucket = 0
            while remaining >= histogram[bucket] {
                remaining -= histogram[bucket]
                bucket += 1
            }
            prefix = prefix << 16 | UInt64(bucket)
        }
        return Double.ofOrdered(bits: prefix)
    }
}
