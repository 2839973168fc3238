internal import ModelPackages
internal import NeuralNetwork

extension NetworkView {
    /// What the record says of outputs that are smaller or larger than the image.
    func missingNotes(_ package: ModelPackage, _ sample: SampleAxes) -> [String] {
        package.outputs.compactMap { output in
            let axes = zip(sample.entries, reaches[output.id] ?? []).compactMap { entry, reach -> String? in
                guard let reach, reach.missing != 0 else { return nil }
                return reach.missing > 0
                    ? "\(entry.id) (\(reach.origin) pixels at its beginning, \(reach.missing - reach.origin) at its end)"
                    : "\(entry.id) (\(-reach.missing) pixels more than the image)"
            }
            return axes.isEmpty ? nil : "the output \(output.id) does not cover the image along \(axes.joined(separator: ", "))"
        }
    }
}
