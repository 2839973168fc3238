internal import ModelPackages
internal import NeuralNetwork

/// What labels need of a network's outputs, judged by the outputs' extents before the network runs.
enum LabelFormCheck {
    /// Refuses outputs of which the package's own steps cannot make labels.
    ///
    /// - Parameter extents: those of the network's outputs, by name.
    static func steps(of package: ModelPackage, _ extents: [String: [Int]]) throws(InferenceError) {
        try InferenceError.passingOn { () throws(PackageError) in try package.checkLabelSteps(onOutputsOf: extents) }
    }

    /// Refuses outputs of which a postprocessor cannot make labels.
    static func postprocessor(
        _ method: LabelPostprocessor, of package: ModelPackage, _ tiling: ModelTiling
    ) throws(InferenceError) {
        let forms = package.outputs.map { output -> OutputForm in
            guard let network = tiling.extents[output.id], network.count == output.axes.count else { return OutputForm(output) }
            let shape = output.resultShape(of: network)
            return OutputForm(output, channels: output.axes.firstIndex { $0.kind == .channel }.map { shape[$0] })
        }
        if let fault = method.formFault(on: forms) { throw .unfitOutput(output: fault.output, found: fault.found, remedy: fault.remedy) }
        guard case .stardist(let stars) = method,
            let output = method.source.output.map({ name in package.outputs.first { $0.id == name } }) ?? package.outputs.first,
            let scales = tiling.spaceScales(of: output), let fault = stars.gridFault(scales: scales)
        else { return }
        throw .unfitOutput(output: output.id, found: fault.found, remedy: fault.remedy)
    }
}

extension ModelTiling {
    /// Elements of an output for one of the image along (z,) y and x; `nil` for an output without y and x.
    fileprivate func spaceScales(of output: TensorDescription) -> [Ratio?]? {
        let names = ["z", "y", "x"].suffix(output.spaceCount)
        guard names.count >= 2, names.allSatisfy(output.axisIDs.contains), let own = scales[output.id] else { return nil }
        return names.map { name in axes.firstIndex(of: name).flatMap { own[$0] } }
    }
}
