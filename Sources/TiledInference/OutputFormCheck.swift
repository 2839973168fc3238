internal import ModelPackages

/// What the description and labels need of a network's outputs, judged by the outputs' extents before the network runs.
enum OutputFormCheck {
    /// Refuses outputs with other numbers of channels than the description names.
    ///
    /// - Parameter extents: those of the network's outputs, by name.
    static func channels(of package: ModelPackage, _ extents: [String: [Int]]) throws(InferenceError) {
        for output in package.outputs {
            guard let network = extents[output.id], network.count == output.axes.count,
                let place = output.axes.firstIndex(where: { $0.kind == .channel })
            else { continue }
            let count = output.resultShape(of: network)[place], names = output.axes[place].channelNames
            guard count != names.count else { continue }
            throw .unfitOutput(
                output: output.id, found: "\(count) channels, the description names \(names.count) (\(names.joined(separator: ", ")))",
                remedy: "name each channel in the description")
        }
    }

    /// Refuses outputs of which the package's own steps cannot make labels.
    ///
    /// - Parameter extents: those of the network's outputs, by name.
    static func steps(of package: ModelPackage, _ extents: [String: [Int]]) throws(InferenceError) {
        try InferenceError.passingOn { () throws(PackageError) in try package.checkLabelSteps(onOutputsOf: extents) }
    }

    /// Refuses outputs of which a postprocessor cannot make labels; the first is the one that it reads.
    static func postprocessor(
        _ method: LabelPostprocessor, on outputs: [TensorDescription], _ extents: [String: [Int]]
    ) throws(InferenceError) {
        guard let output = outputs.first, let network = extents[output.id], network.count == output.axes.count else { return }
        let shape = output.resultShape(of: network)
        let channels = output.axes.firstIndex { $0.kind == .channel }.map { shape[$0] } ?? 1
        if let fault = method.formFault(channels: channels, spaces: output.spaceCount) {
            throw .unfitOutput(output: output.id, found: fault.found, remedy: fault.remedy)
        }
    }
}
