internal import NeuralNetwork

/// Statistics of a sample that is seen window by window, equal to those of `TensorStatistics` bit for bit.
///
/// Mean and deviation take two passes. Quantiles of float32 take two, of float64 four: each pass counts 16 more bits of the values'
/// ordered bit patterns, within the parts in which the wanted elements lie.
struct StreamedStatistics: SampleStatistics {
    /// The most groups of which sums are kept: each takes about a KiB.
    static let mostGroups = 1 << 14
    /// The most histograms of 512 KiB that are counted in one pass.
    private static let mostHistograms = 64

    private let sample: any StreamedSample

    init(_ sample: any StreamedSample) { self.sample = sample }

    func groupCount(reducing axes: [String]?) -> Int {
        zip(sample.axes, sample.shape).reduce(1) { count, axis in axes?.contains(axis.0) ?? true ? count : count * axis.1 }
    }

    func meanAndDeviation(reducing axes: [String]?) throws(PackageError) -> (mean: [Double], deviation: [Double]) {
        let size = Double(try groupSize(axes))
        let mean = try sums(axes) { value, _ in value }.map { $0 / size }
        let squares = try sums(axes) { value, group in (value - mean[group]) * (value - mean[group]) }
        return (mean, squares.map { ($0 / size).squareRoot() })
    }

    func quantiles(_ shares: [Double], _ method: QuantileMethod, reducing axes: [String]?) throws(PackageError) -> [[Double]] {
        let size = try groupSize(axes)
        let places = shares.map { method.place($0, count: size) }
        let ranks = places.map { $0.fraction > 0 ? [$0.rank, $0.rank + 1] : [$0.rank] }
        let count = groupCount(reducing: axes)
        var result = [[Double]](repeating: [Double](repeating: .nan, count: count), count: shares.count)
        let wanted = Set(ranks.joined()).sorted()
        let step = max(1, Self.mostHistograms / max(1, wanted.count))
        for start in stride(from: 0, to: count, by: step) {
            let groups = start..<min(count, start + step)
            let found = try elements(ofRanks: wanted, groups, axes)
            for (index, place) in places.enumerated() {
                for group in groups {
                    guard let values = found[group - start] else { continue }
                    let elements = ranks[index].compactMap { rank in wanted.firstIndex(of: rank).map { values[$0] } }
                    result[index][group] = place.value(below: elements[0], above: elements[elements.count - 1])
                }
            }
        }
        return result
    }

    private func groupSize(_ axes: [String]?) throws(PackageError) -> Int {
        let count = groupCount(reducing: axes)
        guard count <= Self.mostGroups else {
            throw PackageError(
                .tensor, found: "statistics of \(count) groups are asked for, too many for an image that is streamed",
                remedy: "name the axes y and x in `axes`, or give an image that fits into memory")
        }
        return sample.shape.reduce(1, *) / max(1, count)
    }

    private func sums(_ axes: [String]?, _ term: (Double, Int) -> Double) throws(PackageError) -> [Double] {
        var sums = GroupSums(count: groupCount(reducing: axes))
        try sample.forEachWindow { (window, origin) throws(PackageError) in
            sums.add(RealValues(window.tensor.storage), AxisGroups(of: window, at: origin, of: sample.shape, reducing: axes), term)
        }
        return sums.values
    }

    /// The elements of these ranks for each of these groups; `nil` for a group that holds a NaN.
    private func elements(ofRanks ranks: [Int], _ groups: Range<Int>, _ axes: [String]?) throws(PackageError) -> [[Double]?] {
        var searches = groups.map { _ in ranks.map { RankSearch(remaining: $0) } }
        var hasNaN = groups.map { _ in false }
        var isDouble = false
        var pass = 0
        repeat {
            var counters = searches.map { PrefixCounter(prefixes: Set($0.map(\.prefix)), pass: pass) }
            try sample.forEachWindow { (window, origin) throws(PackageError) in
                let values = RealValues(window.tensor.storage)
                if case .double = values { isDouble = true }
                values.forEachKey(in: AxisGroups(of: window, at: origin, of: sample.shape, reducing: axes)) { key, isNaN, group in
                    guard groups.contains(group) else { return }
                    if isNaN { hasNaN[group - groups.lowerBound] = true }
                    counters[group - groups.lowerBound].count(key)
                }
            }
            for index in searches.indices where !hasNaN[index] {
                for rank in searches[index].indices { searches[index][rank].descend(counters[index]) }
            }
            pass += 1
        } while pass < (isDouble ? 4 : 2)
        return zip(searches, hasNaN).map { searches, hasNaN in
            hasNaN ? nil : searches.map { isDouble ? $0.double : $0.single }
        }
    }
}

/// The search for one element by its rank: the leading bits that are known, and its rank among the values that have them.
private struct RankSearch {
    var remaining: Int
    var prefix: UInt64 = 0

    /// Goes on to the part in which the element lies.
    mutating func descend(_ counter: PrefixCounter) {
        guard let histogram = counter.histogram(of: prefix) else { return }
        var bucket = 0
        while bucket < histogram.count - 1, remaining >= histogram[bucket] {
            remaining -= histogram[bucket]
            bucket += 1
        }
        prefix = prefix << 16 | UInt64(bucket)
    }

    /// The element whose ordered 32 bits are all known.
    var single: Double { Double(Float.ofOrdered(bits: UInt32(truncatingIfNeeded: prefix))) }

    /// The element whose ordered 64 bits are all known.
    var double: Double { Double.ofOrdered(bits: prefix) }
}

/// Counts the next 16 bits of keys that begin with one of a few prefixes.
private struct PrefixCounter {
    private let prefixes: [UInt64]
    private let pass: Int
    private var histograms: [[Int]]

    init(prefixes: Set<UInt64>, pass: Int) {
        self.prefixes = prefixes.sorted()
        self.pass = pass
        histograms = prefixes.map { _ in [Int](repeating: 0, count: 1 << 16) }
    }

    /// Counts a key; keys are aligned to the left.
    @inline(__always)
    mutating func count(_ key: UInt64) {
        let bucket = Int(truncatingIfNeeded: key >> UInt64(48 - 16 * pass) & 0xFFFF)
        guard pass > 0 else {
            histograms[0][bucket] += 1
            return
        }
        let prefix = key >> UInt64(64 - 16 * pass)
        for index in prefixes.indices where prefixes[index] == prefix { histograms[index][bucket] += 1 }
    }

    func histogram(of prefix: UInt64) -> [Int]? { prefixes.firstIndex(of: prefix).map { histograms[$0] } }
}

extension RealValues {
    /// Visits the values' ordered bit patterns, aligned to the left of 64 bits: they sort as the values do.
    @inline(__always)
    fileprivate func forEachKey(in groups: AxisGroups, _ visit: (_ key: UInt64, _ isNaN: Bool, _ group: Int) -> Void) {
        switch self {
        case .single(let values):
            groups.forEachRow { start, length, group, step in
                for offset in 0..<length {
                    let value = values[start + offset]
                    visit(UInt64(value.orderedBits) << 32, value.isNaN, group + offset * step)
                }
            }
        case .double(let values):
            groups.forEachRow { start, length, group, step in
                for offset in 0..<length {
                    let value = values[start + offset]
                    visit(value.orderedBits, value.isNaN, group + offset * step)
                }
            }
        }
    }
}
