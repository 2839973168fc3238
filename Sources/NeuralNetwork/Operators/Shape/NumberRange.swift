/// `Range`: start, start + delta, … up to but without the limit.
struct NumberRange: ValueDependent {
    let node: Node

    init(_ node: Node) throws(NetworkError) {
        try node.expect(inputs: 3...3)
        try node.allow()
        self.node = node
    }

    func compute(_ inputs: [Tensor?]) throws(NetworkError) -> [Tensor] {
        let start = try node.given(inputs, 0), limit = try node.given(inputs, 1), delta = try node.given(inputs, 2)
        guard start.count == 1, limit.count == 1, delta.count == 1, start.elementType == limit.elementType,
            start.elementType == delta.elementType, start.elementType.isNumber
        else { throw node.error(.shape, "start, limit and delta must be single numbers of one type") }
        let first = start.doubles[0], step = delta.doubles[0], count = ((limit.doubles[0] - first) / step).rounded(.up)
        guard step != 0, !count.isNaN, count <= 268_435_456 else { throw node.error(.limit, "the range has \(count) numbers") }
        try node.leaveToRun(work: max(0, Int(count)), of: "the range")
        let numbers = (0..<max(0, Int(count))).map { first + Double($0) * step }
        return [Tensor([numbers.count], doubles: numbers, as: start.elementType)]
    }
}
