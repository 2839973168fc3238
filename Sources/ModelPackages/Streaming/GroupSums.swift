/// One exact sum for each group of elements.
struct GroupSums {
    private var sums: [ExactSum]

    init(count: Int) { sums = [ExactSum](repeating: ExactSum(), count: count) }

    /// The sums as they are now.
    var values: [Double] { sums.map(\.value) }

    /// Adds a term for each value.
    mutating func add(_ values: RealValues, _ groups: AxisGroups, _ term: (Double, Int) -> Double) {
        values.forEach(in: groups) { value, group in sums[group].add(term(value, group)) }
    }
}

extension RealValues {
    /// Visits the values in C order, each with its group.
    @inline(__always)
    func forEach(in groups: AxisGroups, _ visit: (Double, Int) -> Void) {
        switch self {
        case .single(let values): RealValues.visit(values, groups, visit)
        case .double(let values): RealValues.visit(values, groups, visit)
        }
    }

    @inline(__always)
    private static func visit<Value: BinaryFloatingPoint>(_ values: [Value], _ groups: AxisGroups, _ visit: (Double, Int) -> Void) {
        groups.forEachRow { start, length, group, step in
            for offset in 0..<length { visit(Double(values[start + offset]), group + offset * step) }
        }
    }
}
