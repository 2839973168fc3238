/// Statistics of the tensor itself or of an input that a step names.
enum ReferenceStatistics {
    /// The statistics, with as many groups as the tensor that will be changed.
    static func of(
        _ tensor: AxisTensor, groups: AxisGroups, axes: [String]?, reference: String?, _ references: [String: AxisTensor], step: String
    ) throws(PackageError) -> TensorStatistics {
        guard let reference else { return TensorStatistics(tensor, groups: groups) }
        guard let other = references[reference] else {
            throw PackageError(
                .tensor, found: "the step `\(step)` needs the input `\(reference)`, which was not given", remedy: "give that input")
        }
        let otherGroups = AxisGroups(of: other, reducing: axes)
        guard otherGroups.count == groups.count else {
            throw PackageError(
                .tensor, found: "the step `\(step)` takes \(otherGroups.count) statistics from `\(reference)` for \(groups.count) groups",
                remedy: "choose `axes` so that the numbers agree")
        }
        return TensorStatistics(other, groups: otherGroups)
    }
}
