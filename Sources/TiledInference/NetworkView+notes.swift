internal import ModelPackages
internal import NeuralNetwork

extension NetworkView {
    /// The names of the axes that must not be cut.
    func wholeAxes(_ sample: SampleAxes) -> String {
        zip(entries, sample.entries).filter(\.0.isWhole).map(\.1.id).joined(separator: ", ")
    }

    /// What the record says of outputs that are smaller or larger than the image.
    ///
    /// - Parameter fields: what outputs see however they are computed, which says where they begin.
    func missingNotes(_ package: ModelPackage, _ sample: SampleAxes, _ fields: [String: [Reach.AxisReach]]) -> [String] {
        package.outputs.compactMap { output in
            let seen = fields[output.id] ?? []
            let axes = zip(sample.entries, reaches[output.id] ?? []).enumerated().compactMap { index, axis -> String? in
                let (entry, own) = axis
                guard let own, own.missing != 0 else { return nil }
                let reach = seen.indices.contains(index) && seen[index].missing == own.missing ? seen[index] : own
                return reach.missing > 0
                    ? "\(entry.id) (\(reach.origin) pixels at its beginning, \(reach.missing - reach.origin) at its end)"
                    : "\(entry.id) (\(-reach.missing) pixels more than the image)"
            }
            return axes.isEmpty ? nil : "the output \(output.id) does not cover the image along \(axes.joined(separator: ", "))"
        }
    }
}
