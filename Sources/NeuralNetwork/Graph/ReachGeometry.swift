/// Which positions every step of a network that follows the image reads, for one size of input.
///
/// Two sizes with the same geometry lie over each other: what a tile computes in its middle is what the whole image has there. It
/// differs where a crop, a pad, a scale or a value is computed from the extents of the image and does not come out the same.
public struct ReachGeometry: Sendable, Equatable {
    struct Step: Sendable, Equatable {
        /// The node, as `name (OpType)`.
        let name: String
        /// By axis of the image whether it is seen as a whole, the scale, what the extent has beyond it, and the ranges that are read.
        let axes: [[Int]]
        /// What it takes beside pixels.
        let decision: ReachAnalysis.Decision

        /// Some of the axes.
        func along(_ places: [Int]?) -> [[Int]] { places.map { $0.map { axes.indices.contains($0) ? axes[$0] : [] } } ?? axes }
    }

    let steps: [Step]

    /// A step that is not the same for another size.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        /// The step, as `node name (OpType)`.
        public let step: String
        /// What is not the same, in words.
        public let reason: String

        /// Step and reason.
        public var description: String { "\(step): \(reason)" }
    }

    private static let placeDependence = "what it cuts, pads or scales depends on the extents of the image"
    /// What is wrong with a step that takes something else, in words.
    static let valueDependence = "what it computes with follows from the extents of the image"

    /// The first step that is not the same for another size; `nil` if all are.
    ///
    /// - Parameters:
    ///   - axes: the axes of the image that are compared; `nil` for all.
    ///   - comparesValues: whether values that follow from extents are compared, of whichever axis.
    public func difference(from other: ReachGeometry, along axes: [Int]? = nil, comparesValues: Bool = true) -> Difference? {
        for (own, others) in zip(steps, other.steps) {
            if own.name != others.name || own.along(axes) != others.along(axes) {
                return Difference(step: own.name, reason: ReachGeometry.placeDependence)
            }
            if comparesValues, own.decision != others.decision {
                return Difference(step: own.name, reason: ReachGeometry.valueDependence)
            }
        }
        let longer = steps.count > other.steps.count ? steps : other.steps
        return longer.dropFirst(min(steps.count, other.steps.count)).first.map {
            Difference(step: $0.name, reason: ReachGeometry.placeDependence)
        }
    }
}

extension ReachAnalysis {
    /// The most positions of a step that are looked at; windows repeat after a few.
    private static let positions = 64

    /// The geometry of all steps along all axes of the image.
    func geometry() -> ReachGeometry {
        let decisions = decisions { signature($0) }
        return ReachGeometry(
            steps: plan.steps.indices.compactMap { position in
                let step = graph.steps[plan.steps[position]]
                // Whether anything else is left to a run depends on how large it is.
                guard (step.inputs + step.outputs).contains(where: { $0.map { marks[$0] != nil } ?? false }) else { return nil }
                let axes = imageShape.indices.map { axis in
                    [wholeAxes[position][axis] == nil ? 0 : 1] + numbers(of: step, at: position, along: axis)
                }
                return ReachGeometry.Step(name: "\(step.node.name) (\(step.node.operatorType))", axes: axes, decision: decisions[position])
            })
    }

    private func numbers(of step: CompiledGraph.Step, at position: Int, along axis: Int) -> [Int] {
        guard let result = step.outputs.first ?? nil, let place = place(of: result, along: axis) else { return [] }
        // What the extent has beyond its share of the image's, in parts of the scale.
        let excess = place.extent * place.scale.denominator - place.image * place.scale.numerator
        var numbers = [place.scale.numerator, place.scale.denominator, excess]
        for read in reads(of: step, at: position, along: axis) {
            numbers.append(read.value)
            guard let window = read.window else { continue }
            numbers += [window.scale.numerator, window.scale.denominator, window.grid]
            for position in 0..<min(ReachAnalysis.positions, window.scale.numerator * window.grid) {
                let range = window.read(position...position)
                numbers += [range.lowerBound, range.upperBound]
            }
        }
        return numbers
    }
}
