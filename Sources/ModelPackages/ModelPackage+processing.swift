extension ModelPackage {
    /// Carries out the preprocessing of every input that is given.
    ///
    /// - Parameter tensors: whole samples by input name; statistics are taken over each of them as a whole.
    public func preprocess(_ tensors: [String: AxisTensor]) throws(PackageError) -> [String: AxisTensor] {
        try ModelPackage.process(tensors, of: inputs, references: tensors)
    }

    /// Carries out the postprocessing of every output that is given.
    ///
    /// - Parameters:
    ///   - tensors: whole outputs by name, as the network made them.
    ///   - references: the inputs before their preprocessing, for steps with a reference tensor.
    public func postprocess(_ tensors: [String: AxisTensor], references: [String: AxisTensor]) throws(PackageError) -> [String: AxisTensor]
    {
        try ModelPackage.process(tensors, of: outputs, references: references)
    }

    private static func process(
        _ tensors: [String: AxisTensor], of descriptions: [TensorDescription], references: [String: AxisTensor]
    ) throws(PackageError) -> [String: AxisTensor] {
        var result = tensors
        for description in descriptions {
            guard var tensor = tensors[description.id] else { continue }
            for step in description.steps { tensor = try step.apply(to: tensor, references: references) }
            result[description.id] = description.ended(tensor)
        }
        return result
    }
}

extension TensorDescription {
    /// What a user should know about the steps.
    var stepNotes: [String] {
        var notes = steps.flatMap(\.notes)
        for (index, step) in steps.enumerated() where step.usesStatistics {
            guard let changing = steps[..<index].last(where: { $0.id != "ensure_dtype" }) else { continue }
            notes.append(
                "`\(step.id)` takes its statistics from the result of `\(changing.id)` before it; bioimageio.core 0.11 takes all statistics "
                    + "from the tensor as it came")
        }
        return notes
    }
}
