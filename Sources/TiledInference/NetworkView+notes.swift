internal import ModelPackages
internal import NeuralNetwork

extension NetworkView {
    /// The names of the axes that must not be cut.
    func wholeAxes(_ sample: SampleAxes) -> String {
        zip(entries, sample.entries).filter(\.0.isWhole).map(\.1.id).joined(separator: ", ")
    }

    /// What the record says of outputs that do not begin and end where the image does.
    ///
    /// - Parameter fields: what outputs see however they are computed, which says where they begin.
    func missingNotes(_ package: ModelPackage, _ sample: SampleAxes, _ fields: [String: [Reach.AxisReach]]) -> [String] {
        package.outputs.flatMap { output -> [String] in
            let seen = fields[output.id] ?? []
            var short: [String] = [], long: [String] = []
            for (index, (entry, own)) in zip(sample.entries, reaches[output.id] ?? []).enumerated() {
                guard let own, own.missing != 0 else { continue }
                let reach = seen.indices.contains(index) && seen[index].missing == own.missing ? seen[index] : own
                // Pixels of the image in front of the output and behind it; below 0 where the output reaches beyond.
                let ends =
                    [(reach.origin, "at its beginning", "in front of its beginning")]
                    + [(reach.missing - reach.origin, "at its end", "behind its end")]
                let left = ends.filter { $0.0 > 0 }.map { "\(NetworkView.pixels($0.0)) \($0.1)" }
                let beyond = ends.filter { $0.0 < 0 }.map { "\(NetworkView.pixels(-$0.0)) \($0.2)" }
                let elements = reach.scale == .one ? "" : "; it has \(reach.scale) elements for a pixel of the image"
                if !left.isEmpty { short.append("\(entry.id) (\(left.joined(separator: ", "))\(elements))") }
                if !beyond.isEmpty { long.append("\(entry.id) (\(beyond.joined(separator: ", "))\(elements))") }
            }
            return [("does not cover", short), ("reaches beyond", long)].filter { !$0.1.isEmpty }.map { verb, axes in
                "the output \(output.id) \(verb) the image along \(axes.joined(separator: ", "))"
            }
        }
    }

    private static func pixels(_ count: Int) -> String { count == 1 ? "1 pixel" : "\(count) pixels" }
}
