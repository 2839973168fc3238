/// How the outputs of a node see one axis of an input.
enum AxisView: Sendable {
    /// Output position `o` on this output axis reads input position `o`.
    case same(Int)
    /// A range of positions on this output axis reads a range of input positions.
    case window(Int, AxisWindow)
    /// Every output position reads the whole axis, or positions that depend on the axis's extent.
    case whole
    /// One element that all output positions read, or an axis of which no element is read.
    case detached
}

/// Which input positions a range of output positions reads, on an axis without ends.
struct AxisWindow: Sendable {
    /// Output positions for one input position.
    let scale: Ratio
    /// Output positions whose last bits depend on their place in a group of so many, counted from the first.
    var grid = 1
    /// The input positions that an inclusive range of output positions reads.
    let read: @Sendable (ClosedRange<Int>) -> ClosedRange<Int>
}

extension AxisView {
    /// The axes of an operand that is broadcast to a shape.
    static func broadcast(_ operand: [Int], to shape: [Int]) -> [AxisView] {
        operand.indices.map { axis in
            let target = axis + shape.count - operand.count
            return operand[axis] == 1 && shape[target] != 1 ? .detached : .same(target)
        }
    }

    /// All axes keep their places.
    static func identity(_ shape: [Int]) -> [AxisView] { shape.indices.map { .same($0) } }

    /// The axes of weights and other parameters, all of which every output position reads.
    static func parameter(_ signature: Signature?) -> [AxisView] { (signature?.shape ?? []).map { $0 == 1 ? .detached : .whole } }

    /// The axes of parameters of the channels, of one axis.
    static func channels(_ signature: Signature?) -> [AxisView] { (signature?.shape ?? []).map { _ in .same(1) } }

    /// The axes of an input of which only the shape or the type is read.
    static func unread(_ signature: Signature?) -> [AxisView] { (signature?.shape ?? []).map { _ in .detached } }
}
