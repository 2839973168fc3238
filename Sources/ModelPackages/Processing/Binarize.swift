internal import NeuralNetwork

/// `binarize`: true where the value is above a threshold, or above the threshold of its index along an axis.
struct Binarize: ProcessingStep {
    let id = "binarize"
    let thresholds: AxisParameter

    init(_ arguments: StepArguments) throws(PackageError) {
        try arguments.only("threshold", "axis")
        _ = try arguments.node.required("threshold")
        thresholds = try AxisParameter(arguments, key: "threshold", default: 0)
    }

    var notes: [String] {
        thresholds.values.count > 1
            ? ["each index along `\(thresholds.axis ?? "")` has its own threshold; bioimageio.core 0.11 ignores `axis`"] : []
    }

    func apply(to tensor: AxisTensor, references: [String: AxisTensor]) throws(PackageError) -> AxisTensor {
        let groups = try thresholds.groups(of: tensor, step: id)
        let rounded = OperationRounding(tensor)
        let above = tensor.mapped(by: groups) { value, group in value > rounded(thresholds[group]) ? 1 : 0 }
        return above.with(above.tensor.storage.cast(to: .bool))
    }
}
