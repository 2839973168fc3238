#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// `sigmoid`: 1 / (1 + exp(-value)).
struct Sigmoid: ProcessingStep {
    let id = "sigmoid"

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only()
    }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let rounded = OperationRounding(tensor)
        return tensor.mapped(by: AxisGroups(all: tensor.shape)) { value, _ in 1 / rounded(1 + rounded(exp(-value))) }
    }
}
