public import Imaging
public import ModelPackages
public import NeuralNetwork

/// A model beside the cases of a challenge, as far as its package, the structure of its network and the axes of the images tell before
/// there is an image.
///
/// A case has one image, whose channels are its own axis or one, and asks for labels of the image's extents. Extents are tried on an image
/// of moderate size; where the network does not take it nothing is said, since images of other sizes may do.
public struct CaseFit {
    private let package: ModelPackage
    private let network: Network
    private let sample: SampleAxes
    private let shapes: [String: [Int]]
    /// Extents of the image that is tried: planes, stacks.
    private static let planeExtent = 256, stackExtent = 64

    /// Refuses a model that does not take the image of a case.
    ///
    /// - Parameter imageAxes: the axes of the images; `nil` where no challenge is known, for images with the axes of the model.
    public init(_ package: ModelPackage, _ network: Network, imageAxes: [Axis]?) throws(InferenceError) {
        let (input, port) = try CaseFit.input(of: package, network)
        guard ["y", "x"].allSatisfy({ id in input.axes.contains { $0.kind == .space && $0.id == id } }) else {
            throw .unfitImage(
                input: input.id, found: "its axes are \(input.axisIDs.joined(separator: ", ")), so that it takes no image",
                remedy: "hand in a model of images with the axes y and x")
        }
        if let imageAxes { try CaseFit.check(input, on: imageAxes) }
        let shape = CaseFit.shape(of: input, port, package)
        self.package = package
        self.network = network
        shapes = [input.id: shape]
        sample = try SampleAxes(package, network, shapes: shapes)
    }

    /// Refuses declared windows that the model does not take.
    public func check(_ blending: Blending) throws(InferenceError) {
        _ = try BlendForm(package, network, sample, blending, tile: nil, run: .init())
    }

    /// Refuses outputs of which labels of the image's extents cannot be made.
    public func check(_ method: LabelPostprocessor) throws(InferenceError) {
        try OutputFormCheck.image(method, of: package)
        // What the network says of one size is no word on others.
        guard let tiling = try? ModelTiling(package, network, shapes: shapes, options: PredictionOptions(memoryBytes: .max)) else { return }
        try OutputFormCheck.steps(of: package, tiling.extents)
        try OutputFormCheck.channels(of: package, tiling.extents)
        try OutputFormCheck.postprocessor(method, of: package, tiling)
        try checkExtents(method, tiling)
    }

    private func checkExtents(_ method: LabelPostprocessor, _ tiling: ModelTiling) throws(InferenceError) {
        guard let output = method.output(of: package), let extents = tiling.extents[output.id], extents.count == output.axes.count else {
            return
        }
        let names = SpaceAxes.names(last: output.spaceCount), result = output.resultShape(of: extents)
        let growth = method.growth(along: names.count), ownGrowth = output.labelGrowth ?? names.map { _ in 1 }
        for (index, name) in names.enumerated() {
            guard let place = output.axisIDs.firstIndex(of: name), let entry = sample.outputAxes[output.id]?[place],
                sample.entries[entry].id == name
            else { continue }
            let labels = result[place] * growth[index], image = sample.entries[entry].extent
            // Labels of the last place of a coarser grid end where the image ends.
            guard labels < image || labels >= image + growth[index] * ownGrowth[index] else { continue }
            throw .unfitOutput(
                output: output.id, found: "\(labels) labels along \(name) for an image of \(image) pixels",
                remedy: "hand in a model whose output has the extents of the image\(method.gridAdvice)")
        }
    }
}

extension CaseFit {
    /// The one input that is given.
    private static func input(of package: ModelPackage, _ network: Network) throws(InferenceError) -> (TensorDescription, Port) {
        let ports = package.ports(of: network)
        guard let first = ports.first else {
            throw .unfitImage(
                input: package.inputs[0].id, found: "the network holds a fixed value for it, so that no image goes in",
                remedy: "export the network with an input for the image")
        }
        guard ports.count > 1 else { return (first.input, first.port) }
        let further = ports.first { $0.input.isOptional } ?? ports[1]
        throw .unfitImage(
            input: further.input.id,
            found: further.input.isOptional
                ? "it is declared optional, but the network has no value of its own for it, and a case has one image"
                : "a case has one image, the network takes \(ports.count)",
            remedy: "give the network's input `\(further.port.name)` an initializer, or hand in a model of one input")
    }

    /// Refuses axes and channels that images with these axes do not have.
    private static func check(_ input: TensorDescription, on imageAxes: [Axis]) throws(InferenceError) {
        let channels = input.axes.first { $0.kind == .channel }?.channelNames.count ?? 1
        let letters = imageAxes.map(\.rawValue).joined(), isOfChannels = imageAxes.contains(.channel)
        do {
            // An axis that images have has more than one element; how many channels is not known.
            _ = try ImageLayout.sources(of: input, in: imageAxes, imageAxes.map { $0 == .channel ? channels : 2 })
        } catch .unfitImage(let id, let found, _) {
            throw .unfitImage(
                input: id, found: found,
                remedy: "hand in a model of images with the axes \(letters)\(isOfChannels ? "" : " and one channel"), which the cases are")
        }
    }

    /// The extents of an image of moderate size that the description allows.
    private static func shape(of input: TensorDescription, _ port: Port, _ package: ModelPackage) -> [Int] {
        let extent = input.spaceCount > 2 ? stackExtent : planeExtent
        var shape = input.axes.enumerated().map { index, axis -> Int in
            switch axis.kind {
            case .batch, .index: return 1
            case .channel: return axis.channelNames.count
            case .time, .space:
                if port.shape.indices.contains(index), case .fixed(let only) = port.shape[index] { return only }
                switch axis.size {
                case .fixed(let only): return only
                case .stepped(let least, let step): return step == 0 ? least : least + roundUp(max(0, extent - least), step)
                case .any, .dataDependent, .reference: return extent
                }
            }
        }
        // References of an axis to others of the same input end after as many rounds as there are axes.
        for _ in input.axes {
            for (index, axis) in input.axes.enumerated() {
                if case .reference = axis.size { shape[index] = package.extent(of: axis, given: [input.id: shape]) ?? shape[index] }
            }
        }
        return shape
    }
}

extension LabelPostprocessor {
    /// What else there is to do about an output of other extents than the image.
    fileprivate var gridAdvice: String {
        if case .stardist = self { ", or write the `grid` of its places into the postprocessor" } else { "" }
    }
}
