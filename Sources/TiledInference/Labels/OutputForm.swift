public import ModelPackages
internal import NeuralNetwork

/// An output of a model, as far as it decides whether labels can be made of it.
public struct OutputForm: Sendable, Equatable {
    /// The output's name.
    public let id: String
    /// Its channels; 1 where it has no channel axis, `nil` where the number is not known.
    public let channels: Int?
    /// 2 for images, 3 for stacks.
    public let spaces: Int

    /// - Parameter channels: those behind the output's steps, if they are known; else those that the package declares.
    public init(_ output: TensorDescription, channels: Int? = nil) {
        id = output.id
        spaces = output.spaceCount
        guard channels == nil, let axis = output.axes.first(where: { $0.kind == .channel }) else {
            self.channels = channels ?? 1
            return
        }
        if case .fixed(let size) = axis.size { self.channels = size } else { self.channels = nil }
    }
}

extension LabelPostprocessor {
    /// Why labels cannot be made of a model's outputs, as far as their form tells, with the output that is to blame and what to do; `nil`
    /// if they can. Names that the model does not have are not looked at.
    public func formFault(on outputs: [OutputForm]) -> (output: String, found: String, remedy: String)? {
        if case .stardist(let method) = self, let fault = method.namingFault(outputs) { return fault }
        guard let output = source.output.map({ name in outputs.first { $0.id == name } }) ?? outputs.first else { return nil }
        if let channels = output.channels, let fault = formFault(channels: channels, spaces: output.spaces) {
            return (output.id, fault.found, fault.remedy)
        }
        guard case .stardist(let method) = self, let name = method.probability?.output else { return nil }
        guard let probability = outputs.first(where: { $0.id == name }), let channels = probability.channels else { return nil }
        return StarDistLabelling.probabilityFault(channels: channels).map { (name, $0.found, $0.remedy) }
    }
}

extension StarDistLabelling {
    /// Probability and rays in outputs of their own of which none is named: the first one would be taken for both.
    fileprivate func namingFault(_ outputs: [OutputForm]) -> (output: String, found: String, remedy: String)? {
        guard source.output == nil, probability == nil, let first = outputs.first, let single = outputs.first(where: { $0.channels == 1 }),
            let rays = outputs.first(where: { $0.channels ?? 1 > 1 })
        else { return nil }
        return (
            first.id, "the output `\(rays.id)` has \(rays.channels ?? 0) channels, `\(single.id)` has 1, and neither is named",
            "write `output: \(rays.id), probabilityOutput: \(single.id)`, or `output: \(rays.id)` alone if its first channel is the "
                + "probability"
        )
    }

    /// Why an output of so many channels is no probability.
    static func probabilityFault(channels: Int) -> (found: String, remedy: String)? {
        guard channels != 1 else { return nil }
        return ("\(channels) channels for the probability", "name an output of one channel with `probabilityOutput`")
    }

    /// Why the grid is not that of the network.
    ///
    /// - Parameter scales: places of the output for one pixel, along (z,) y and x; `nil` where they are not known.
    func gridFault(scales: [Ratio?]) -> (found: String, remedy: String)? {
        let declared = grid.count == scales.count ? grid : scales.map { _ in grid[0] }
        let found = zip(declared, scales).map { $1.map(StarDistLabelling.pixels(between:)) ?? $0 }
        guard let axis = scales.indices.first(where: { declared[$0] != found[$0] }), let scale = scales[axis] else { return nil }
        let name = SpaceAxes.names(last: scales.count)[axis]
        return (
            "the grid \(declared) for an output of the scale \(scale) along \(name)",
            found.contains(0) ? "name an output with at most one place for each pixel" : "write `grid: \(found)`"
        )
    }

    /// Why rays and probability do not lie at the same places.
    ///
    /// - Parameters: places of the outputs for one pixel, along (z,) y and x; `nil` where they are not known.
    static func gridFault(rays: [Ratio?], probability: [Ratio?]) -> (found: String, remedy: String)? {
        guard rays.count == probability.count else { return nil }
        for (axis, (rays, probability)) in zip(SpaceAxes.names(last: rays.count), zip(rays, probability)) {
            guard let rays, let probability, pixels(between: rays) != pixels(between: probability) else { continue }
            return (
                "the scale \(probability) along \(axis), the rays have \(rays)",
                "name outputs of one grid with `output` and `probabilityOutput`"
            )
        }
        return nil
    }

    /// Pixels from place to place; rounded, as an output may fall short of a multiple of its grid, and half a pixel is none.
    private static func pixels(between scale: Ratio) -> Int {
        (scale.denominator + (scale.numerator - 1) / 2) / scale.numerator
    }
}
