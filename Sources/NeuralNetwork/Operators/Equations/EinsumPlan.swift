/// An `Einsum` for operands of given shapes: what is summed in each operand, and how they are joined.
///
/// Indices are letters, or -1, -2 … for the axes of the ellipsis from the last one on. Axes of extent 1 are left out of their
/// operands, which is how those broadcast; the result's shape puts them back.
struct EinsumPlan {
    /// One operand: the extents and strides that walk it with each index once, those that are summed at once last.
    struct Operand {
        var indices: [Int] = []
        var extents: [Int] = []
        var summedExtents: [Int] = []
        var strides: [Int] = []
    }

    /// The product of what is joined so far and the next operand.
    struct Join {
        let leftOrder, rightOrder: [Int]
        let extents: (batch: Int, rows: Int, depth: Int, columns: Int)
        let indices: [Int]
        let resultShape: [Int]
    }

    let operands: [Operand]
    let joins: [Join]
    let outputShape: [Int]
    /// The axes of the last join in the order of the result.
    let outputOrder: [Int]
    private let axes: [[Int]]
    private let result: [Int]

    /// The most elements of a value in between, and the most axes.
    private static let mostElements = 1 << 30, mostAxes = 16

    init(_ equation: EinsumEquation, shapes: [[Int]], node: Node) throws(NetworkError) {
        let (axes, extents, ellipsis) = try EinsumPlan.axes(equation, shapes, node)
        self.axes = axes
        result = equation.result.after.map { equation.result.before + ellipsis + $0 } ?? equation.result.before
        outputShape = result.map { extents[$0] ?? 1 }
        var operands: [Operand] = []
        for (position, shape) in shapes.enumerated() {
            var elsewhere = Set(result)
            for (other, own) in axes.enumerated() where other != position {
                for (index, extent) in zip(own, shapes[other]) where extent != 1 { elsewhere.insert(index) }
            }
            operands.append(EinsumPlan.operand(axes[position], shape, neededElsewhere: elsewhere))
        }
        var indices = operands.first?.indices ?? [], joins: [Join] = []
        for (position, right) in operands.enumerated().dropFirst() {
            let further = Set(operands[(position + 1)...].flatMap(\.indices) + result)
            let join = try EinsumPlan.join(indices, right.indices, further: further, extents: extents, node: node)
            indices = join.indices
            joins.append(join)
        }
        self.operands = operands
        self.joins = joins
        outputOrder = result.compactMap { indices.firstIndex(of: $0) }
    }

    /// The indices of each operand's axes, the extent of each index, and the indices of the longest ellipsis.
    private static func axes(
        _ equation: EinsumEquation, _ shapes: [[Int]], _ node: Node
    ) throws(NetworkError) -> (axes: [[Int]], extents: [Int: Int], ellipsis: [Int]) {
        var axes: [[Int]] = [], extents: [Int: Int] = [:], widest = 0
        for (term, shape) in zip(equation.terms, shapes) {
            let free = shape.count - term.letters.count
            guard free >= 0, free == 0 || term.after != nil else {
                throw node.error(.shape, "a term with \(term.letters.count) indices stands for an input of the shape \(shape)")
            }
            let own = term.before + (0..<free).map { $0 - free } + (term.after ?? [])
            for (index, extent) in zip(own, shape) {
                let known = extents[index] ?? 1
                guard known == extent || known == 1 || extent == 1 else {
                    throw node.error(.shape, "an index has the extents \(known) and \(extent)")
                }
                extents[index] = known == 1 ? extent : known
            }
            axes.append(own)
            widest = max(widest, free)
        }
        return (axes, extents, (0..<widest).map { $0 - widest })
    }

    /// An index that stands for two axes walks the diagonal.
    private static func operand(_ own: [Int], _ shape: [Int], neededElsewhere: Set<Int>) -> Operand {
        var extents: [Int: Int] = [:], strides: [Int: Int] = [:], order: [Int] = []
        for ((index, extent), stride) in zip(zip(own, shape), BlockCopy.strides(of: shape)) where extent != 1 {
            if strides[index] == nil { order.append(index) }
            extents[index] = extent
            strides[index, default: 0] += stride
        }
        let kept = order.filter { neededElsewhere.contains($0) }, summed = order.filter { !neededElsewhere.contains($0) }
        return Operand(
            indices: kept, extents: kept.map { extents[$0] ?? 1 }, summedExtents: summed.map { extents[$0] ?? 1 },
            strides: (kept + summed).map { strides[$0] ?? 0 })
    }

    private static func join(
        _ left: [Int], _ right: [Int], further: Set<Int>, extents: [Int: Int], node: Node
    ) throws(NetworkError) -> Join {
        let both = left.filter { right.contains($0) }
        let shared = both.filter { further.contains($0) }, summed = both.filter { !further.contains($0) }
        let rows = left.filter { !right.contains($0) }, columns = right.filter { !left.contains($0) }
        func order(_ indices: [Int], in own: [Int]) -> [Int] { indices.compactMap { own.firstIndex(of: $0) } }
        func extent(_ indices: [Int]) -> [Int] { indices.map { extents[$0] ?? 1 } }
        let indices = shared + rows + columns, shape = extent(indices)
        try node.expect(work: shape + extent(summed), of: "a product of the equation")
        guard indices.count <= mostAxes, let count = Tensor.elementCount(of: shape), count <= mostElements else {
            throw node.error(
                .limit,
                "two operands join to the shape \(shape); at most \(mostElements) elements and \(mostAxes) axes are allowed in between")
        }
        func product(_ indices: [Int]) -> Int { extent(indices).reduce(1, *) }
        return Join(
            leftOrder: order(shared + rows + summed, in: left), rightOrder: order(shared + summed + columns, in: right),
            extents: (product(shared), product(rows), product(summed), product(columns)), indices: indices, resultShape: shape)
    }

    /// An index of the result that an operand has once keeps its places; all others are summed over or tied together.
    func views(of operand: Int, shape: [Int]) -> [AxisView] {
        let own = axes[operand]
        return own.indices.map { axis in
            guard let target = result.firstIndex(of: own[axis]) else { return shape[axis] == 1 ? .detached : .whole }
            if shape[axis] == 1, outputShape[target] != 1 { return .detached }
            return own.filter { $0 == own[axis] }.count == 1 ? .same(target) : .whole
        }
    }
}
