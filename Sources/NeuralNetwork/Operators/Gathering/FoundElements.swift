/// Operators that find or drop elements, so that the results' extents depend on values: `NonZero`, `Compress` and `Unique`.
struct FoundElements: ValueDependent {
    let node: Node
    private let axis: Int?
    private let isSorted: Bool

    init(_ node: Node) throws(NetworkError) {
        self.node = node
        switch node.operatorType {
        case "NonZero":
            try node.allow()
            try node.expect(inputs: 1...1)
        case "Compress":
            try node.allow("axis")
            try node.expect(inputs: 2...2)
        default:
            try node.allow("axis", "sorted")
            try node.expect(inputs: 1...1, outputs: 1...4)
        }
        axis = try node.int("axis")
        isSorted = try node.int("sorted") ?? 1 != 0
    }

    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let input = try node.given(inputs, 0)
        switch node.operatorType {
        case "NonZero": return [nonZero(input)]
        case "Compress": return [try compressed(input, try node.given(inputs, 1))]
        default: return try unique(input)
        }
    }

    /// The coordinates of all elements that are not 0, one row for each axis.
    private func nonZero(_ input: Tensor) -> Tensor {
        let found = input.doubles.enumerated().filter { $0.element != 0 }.map(\.offset), strides = BlockCopy.strides(of: input.shape)
        let rows = input.shape.indices.flatMap { axis in found.map { Int64($0 / strides[axis] % input.shape[axis]) } }
        return Tensor([input.shape.count, found.count], .int64(rows))
    }

    /// The slices along an axis (of all elements without one) whose condition is true.
    private func compressed(_ input: Tensor, _ condition: Tensor) throws(NetworkError) -> Tensor {
        guard case .bool(let keeps) = condition.storage, condition.shape.count == 1 else {
            throw node.error(.shape, "the condition is no list of bool")
        }
        guard let axis else {
            let places = keeps.indices.filter { keeps[$0] }
            guard keeps.count <= input.count else { throw node.error(.shape, "\(keeps.count) conditions for \(input.count) elements") }
            return input.picked(places, shape: [places.count])
        }
        let own = try node.axis(axis, rank: input.shape.count)
        guard keeps.count <= input.shape[own] else { throw node.error(.shape, "\(keeps.count) conditions for \(input.shape[own]) slices") }
        return input.slices(keeps.indices.filter { keeps[$0] }, axis: own)
    }

    /// The different elements or slices, where each first appears, which one each is, and how often it appears.
    private func unique(_ input: Tensor) throws(NetworkError) -> [Tensor] {
        let flat = axis == nil ? input.reshaped([input.count]) : input
        let own = try node.axis(axis ?? 0, rank: flat.shape.count), inner = flat.shape[(own + 1)...].reduce(1, *)
        let extent = flat.shape[own], outer = flat.shape[..<own].reduce(1, *), keys = flat.orderKeys
        var slices: [[UInt64]] = []
        for index in 0..<extent {
            var slice: [UInt64] = []
            for row in 0..<outer {
                let start = (row * extent + index) * inner
                slice += keys[start..<start + inner]
            }
            slices.append(slice)
        }
        var order = Array(slices.indices)
        order.sort { left, right in
            slices[left] == slices[right] ? left < right : slices[left].lexicographicallyPrecedes(slices[right])
        }
        var firsts: [Int] = []
        for index in order where firsts.last.map({ slices[$0] != slices[index] }) ?? true { firsts.append(index) }
        if !isSorted { firsts.sort() }
        var inverse = [Int64](repeating: 0, count: extent), counts = [Int64](repeating: 0, count: firsts.count)
        var known: [[UInt64]: Int] = [:]
        for (number, first) in firsts.enumerated() { known[slices[first]] = number }
        for (index, slice) in slices.enumerated() {
            guard let number = known[slice] else { continue }
            inverse[index] = Int64(number)
            counts[number] += 1
        }
        let numbers = firsts.map(Int64.init)
        return [
            flat.slices(firsts, axis: own), Tensor([numbers.count], .int64(numbers)), Tensor([extent], .int64(inverse)),
            Tensor([counts.count], .int64(counts)),
        ]
    }
}

extension Tensor {
    /// The slices of given numbers along an axis.
    func slices(_ numbers: [Int], axis: Int) -> Tensor {
        let inner = shape[(axis + 1)...].reduce(1, *), outer = shape[..<axis].reduce(1, *), extent = shape[axis]
        var newShape = shape
        newShape[axis] = numbers.count
        var places: [Int] = []
        for row in 0..<outer {
            for number in numbers {
                let start = (row * extent + number) * inner
                places += start..<start + inner
            }
        }
        return picked(places, shape: newShape)
    }
}
