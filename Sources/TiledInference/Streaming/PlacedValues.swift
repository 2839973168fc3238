internal import ModelPackages

/// Values of a box of an output, as part of a larger array.
struct PlacedValues {
    let values: RealValues
    /// The extents of the array.
    let shape: [Int]
    /// The box in the array, and in the output.
    let source: [Range<Int>]
    let target: [Range<Int>]

    /// A box of an array.
    init(_ values: RealValues, shape: [Int], source: [Range<Int>], target: [Range<Int>]) {
        self.values = values
        self.shape = shape
        self.source = source
        self.target = target
    }

    /// An array that is a box by itself.
    init(_ values: RealValues, target: [Range<Int>]) {
        self.init(values, shape: target.map(\.count), source: target.map { 0..<$0.count }, target: target)
    }

    /// The values of a part of the box, in C order.
    func cut(_ part: [Range<Int>]) -> RealValues {
        var result = RealValues(zeros: part.reduce(1) { $0 * $1.count }, like: values)
        copy(into: &result, of: part)
        return result
    }

    /// Copies what lies in another box of the output into the values of this.
    func copy(into result: inout RealValues, of box: [Range<Int>]) {
        let shared = zip(target, box).map { $0.clamped(to: $1) }
        guard shared.allSatisfy({ !$0.isEmpty }) else { return }
        let places = zip(zip(shared, target), source).map { axis, source -> Range<Int> in
            let first = axis.0.lowerBound - axis.1.lowerBound + source.lowerBound
            return first..<first + axis.0.count
        }
        values.copy(shape, places, into: &result, box.map(\.count), at: zip(shared, box).map { $0.lowerBound - $1.lowerBound })
    }
}
