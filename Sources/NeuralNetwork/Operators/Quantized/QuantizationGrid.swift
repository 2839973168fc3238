/// Which scale and zero point belong to which element of a tensor: one for all, one for each place on an axis, or one for each block
/// of places on an axis.
struct QuantizationGrid: Sendable {
    private let extent, inner, scales, block: Int
    private let isBlocked: Bool

    /// The grid for scales of a shape; an error unless they fit the input.
    init(input: [Int], scale: [Int], axis: Int, block: Int, node: Node) throws(NetworkError) {
        guard scale.reduce(1, *) != 1 || scale.count > 1 && block > 0 else {
            (extent, inner, scales, self.block, isBlocked) = (1, 1, 1, 1, false)
            return
        }
        let own = try node.axis(axis, rank: input.count)
        inner = input[(own + 1)...].reduce(1, *)
        extent = input[own]
        isBlocked = scale.count > 1
        if isBlocked {
            guard block > 0, scale.count == input.count, scale[own] == (extent + block - 1) / block,
                scale.indices.allSatisfy({ $0 == own || scale[$0] == input[$0] })
            else {
                throw node.error(
                    .shape, "scales of the shape \(scale) for an input of the shape \(input), blocks of \(block) along axis \(own)")
            }
            self.block = block
        } else {
            guard scale[0] == extent else {
                throw node.error(.shape, "\(scale[0]) scales for an extent of \(extent) along axis \(own)")
            }
            self.block = 1
        }
        scales = scale.count > 1 ? scale[own] : extent
    }

    /// The place of an element's scale.
    func place(_ element: Int) -> Int {
        if scales == 1, !isBlocked { return 0 }
        let along = element / inner % extent
        return isBlocked ? (element / inner / extent * scales + along / block) * inner + element % inner : along
    }

    /// How scales are seen by the result.
    static func views(scale: [Int], input: [Int], axis: Int) -> [AxisView] {
        if scale.count > 1 { return scale.indices.map { .same($0) } }
        let own = axis < 0 ? axis + input.count : axis
        return scale.map { $0 == 1 ? .detached : input.indices.contains(own) ? .same(own) : .whole }
    }
}
