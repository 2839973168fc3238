internal import ModelPackages
internal import NeuralNetwork

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

    /// Refuses an output without y and x for a postprocessor.
    static func image(_ method: LabelPostprocessor, of package: ModelPackage) throws(InferenceError) {
        guard let output = method.output(of: package), !output.isImage else { return }
        throw .unfitOutput(
            output: output.id,
            found: "its axes are \(output.axisIDs.joined(separator: ", ")), so that it is no image and has no labels",
            remedy: "name an output that is an image in the postprocessor, or take the values themselves")
    }

    /// Refuses outputs of which a postprocessor cannot make labels.
    static func postprocessor(
        _ method: LabelPostprocessor, of package: ModelPackage, _ tiling: ModelTiling
    ) throws(InferenceError) {
        try image(method, of: package)
        let forms = package.outputs.map { output -> OutputForm in
            guard let network = tiling.extents[output.id], network.count == output.axes.count else { return OutputForm(output) }
            let shape = output.resultShape(of: network)
            return OutputForm(output, channels: output.axes.firstIndex { $0.kind == .channel }.map { shape[$0] })
        }
        if let fault = method.formFault(on: forms) { throw .unfitOutput(output: fault.output, found: fault.found, remedy: fault.remedy) }
        guard case .stardist(let stars) = method,
            let output = method.output(of: package),
            let scales = tiling.spaceScales(of: output)
        else { return }
        if let name = stars.probability?.output, let probability = package.outputs.first(where: { $0.id == name }),
            let own = tiling.spaceScales(of: probability), let fault = StarDistLabelling.gridFault(rays: scales, probability: own)
        {
            throw .unfitOutput(output: name, found: fault.found, remedy: fault.remedy)
        }
        guard let fault = stars.gridFault(scales: scales) else { return }
        throw .unfitOutput(output: output.id, found: fault.found, remedy: fault.remedy)
    }
}

extension ModelTiling {
    /// Elements of an output for one of the image along (z,) y and x; `nil` for an output without y and x.
    fileprivate func spaceScales(of output: TensorDescription) -> [Ratio?]? {
        let names = SpaceAxes.names(last: output.spaceCount)
        guard names.count >= 2, names.allSatisfy(output.axisIDs.contains), let own = scales[output.id] else { return nil }
        return names.map { name in sample.entries.firstIndex { $0.id == name }.flatMap { own[$0] } }
    }
}

extension LabelPostprocessor {
    /// The output that is read: the one that is named, else the first.
    func output(of package: ModelPackage) -> TensorDescription? {
        source.output.map { name in package.outputs.first { $0.id == name } } ?? package.outputs.first
    }
}
