/// A number of a step, or one for each index along an axis.
struct AxisParameter {
    let axis: String?
    let values: [Double]

    /// Reads `key`; a list needs `axis`, except a list of one.
    init(_ arguments: StepArguments, key: String, default standard: Double) throws(PackageError) {
        values = try arguments.values(key) ?? [standard]
        axis = try arguments.axis()
        guard axis != nil || values.count == 1 else {
            throw arguments.node.fault(
                found: "`\(key)` has \(values.count) numbers and there is no `axis`", remedy: "write `axis: channel`")
        }
        if values.count > 1, let axis, let extent = arguments.extents[axis], extent != values.count {
            throw (arguments.node[key] ?? arguments.node).fault(
                found: "\(values.count) numbers along `\(axis)`, which has \(extent) element\(extent == 1 ? "" : "s")",
                remedy: "write one number, or one for each")
        }
    }

    /// The value for a group made by `groups(of:step:)`.
    subscript(group: Int) -> Double { values.count == 1 ? values[0] : values[group] }

    /// One group for each index along the axis; one of everything where there is no axis.
    func groups(of tensor: AxisTensor, step: String) throws(PackageError) -> AxisGroups {
        guard let axis, values.count > 1 else { return AxisGroups(all: tensor.shape) }
        try check(tensor, axis: axis, step: step)
        return AxisGroups(of: tensor, along: axis)
    }

    /// The same for two numbers of one step, of which either may be a list.
    func groups(of tensor: AxisTensor, with other: AxisParameter, step: String) throws(PackageError) -> AxisGroups {
        values.count > 1 ? try groups(of: tensor, step: step) : try other.groups(of: tensor, step: step)
    }

    /// Refuses two lists of different lengths.
    func checkLength(with other: AxisParameter, _ arguments: StepArguments) throws(PackageError) {
        guard values.count == 1 || other.values.count == 1 || values.count == other.values.count else {
            throw arguments.node.fault(
                found: "lists of \(values.count) and \(other.values.count) numbers", remedy: "write lists of the same length")
        }
    }

    private func check(_ tensor: AxisTensor, axis: String, step: String) throws(PackageError) {
        guard let extent = tensor.extent(of: axis), extent == values.count else {
            throw PackageError(
                .tensor,
                found: "the step `\(step)` has \(values.count) numbers along `\(axis)`, the tensor has \(tensor.extent(of: axis) ?? 0)",
                remedy: "write one number for each index")
        }
    }
}
