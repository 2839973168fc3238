internal import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `softmax` along an axis (`channel` where none is named): exp(value - greatest) / sum.
struct Softmax: ProcessingStep {
    let id = "softmax"
    let axis: String

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("axis")
        axis = try arguments.axis() ?? "channel"
        guard arguments.axes.contains(axis) else {
            throw arguments.node.fault(found: "the tensor has no axis `\(axis)`", remedy: "write `axis: …` with one of its axes")
        }
    }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = AxisGroups(of: tensor, reducing: [axis])
        let values = RealValues(tensor.tensor.storage)
        var greatest = [Double](repeating: -.infinity, count: groups.count)
        _ = values.mapped(by: groups) { value, group in
            if !(value <= greatest[group]) { greatest[group] = value }
            return value
        }
        // Along the last axis NumPy adds in pairs, which hardly rounds more than once, along others one by one.
        let rounded = OperationRounding(tensor), addsInPairs = tensor.axes.last == axis
        var sums = [Double](repeating: 0, count: groups.count)
        _ = values.mapped(by: groups) { value, group in
            let sum = sums[group] + rounded(exp(rounded(value - greatest[group])))
            sums[group] = addsInPairs ? sum : rounded(sum)
            return value
        }
        sums = sums.map { rounded($0) }
        return tensor.mapped(by: groups) { value, group in rounded(exp(rounded(value - greatest[group]))) / sums[group] }
    }
}
