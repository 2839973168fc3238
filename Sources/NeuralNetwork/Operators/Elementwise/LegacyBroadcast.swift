/// The broadcasting of operator sets before 7: only the second operand, and only where the attributes `broadcast` and `axis` say so.
struct LegacyBroadcast: Sendable {
    private let node: Node
    private let isOld: Bool
    private let axis: Int?
    private let isOn: Bool

    /// Reads the attributes; from opset 7 on there are none, and operands broadcast as in NumPy.
    init(_ node: Node) throws(NetworkError) {
        self.node = node
        isOld = node.opset < 7
        if isOld { try node.allow("axis", "broadcast") } else { try node.allow() }
        axis = try node.int("axis")
        isOn = try node.flag("broadcast")
    }

    /// The shape under which the second operand broadcasts to the first as in NumPy.
    func aligned(_ left: [Int], _ right: [Int]) throws(NetworkError) -> [Int] {
        guard isOld, left != right else { return right }
        if node.operatorType == "PRelu" {
            // One slope for each channel.
            guard right.count == 1, left.count >= 2, right[0] != 1 else { return right }
            return right + [Int](repeating: 1, count: left.count - 2)
        }
        guard isOn else { throw node.error(.shape, "the shapes \(left) and \(right) differ, and 'broadcast' is not set") }
        guard let axis else { return right }
        let first = try node.axis(axis, rank: left.count)
        guard first + right.count <= left.count else {
            throw node.error(.shape, "the shape \(right) does not fit into \(left) from axis \(first) on")
        }
        return right + [Int](repeating: 1, count: left.count - first - right.count)
    }
}
