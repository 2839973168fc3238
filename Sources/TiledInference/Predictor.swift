public import Imaging
public import ModelPackages
public import NeuralNetwork

/// A model ready to predict images of any size.
///
/// The steps: the image in the model's axes, preprocessing of the whole sample, tiles through the network, the results side by
/// side, postprocessing of the whole result. Tiles are cut by what the network's graph says it sees, not by the declared halo;
/// windows end where the image ends. For a local network the result is therefore, bit for bit, that of the whole image.
public struct Predictor: Sendable {
    /// The package.
    public let package: ModelPackage
    /// Its network.
    public let network: Network

    /// Loads the package's weights.
    public init(_ package: ModelPackage, limits: NetworkLimits = .init()) throws(InferenceError) {
        self.package = package
        network = try InferenceError.passingOn { () throws(PackageError) in try package.network(limits: limits) }
    }

    /// Loads the package's weights for images that it takes: what their axes and extents tell is judged before, against the description
    /// and the network's structure.
    ///
    /// - Parameter given: images and arrays by the package's names of its inputs.
    public init(_ package: ModelPackage, for given: [String: InputSource], limits: NetworkLimits = .init()) throws(InferenceError) {
        self.package = package
        var fault: InferenceError?
        do throws(PackageError) {
            network = try package.network(limits: limits) { (model) throws(PackageError) in
                do throws(InferenceError) { try InputCheck.check(given, package, model) } catch {
                    fault = error
                    throw PackageError(.tensor, found: "\(error)", remedy: "give an image that the network takes")
                }
            }
        } catch { throw fault ?? .package(error) }
    }

    /// The same package with a network of the same form.
    init(_ package: ModelPackage, network: Network) {
        self.package = package
        self.network = network
    }

    /// The same model with some of its outputs, and those to which their extents refer; the others are not computed.
    func keeping(outputs names: Set<String>) -> Predictor {
        let (package, network) = package.keeping(outputs: names, of: network)
        return Predictor(package, network: network)
    }

    /// Predicts one image with a model of one input; further ones must be optional.
    ///
    /// - Parameter method: what makes labels of the outputs, if something does: outputs of which it cannot are refused before anything is run.
    public func predict(
        _ image: Image, options: PredictionOptions = .init(), for method: LabelPostprocessor? = nil
    ) throws(InferenceError) -> Prediction {
        guard package.inputs.dropFirst().allSatisfy(\.isOptional) else {
            let names = package.inputs.map(\.id).joined(separator: ", ")
            throw .unfitImage(input: package.inputs[0].id, found: "the model has the inputs \(names)", remedy: "give an image for each")
        }
        return try predict([package.inputs[0].id: image], options: options, for: method)
    }

    /// Predicts a sample with an image for each input, by the package's names.
    public func predict(
        _ images: [String: Image], options: PredictionOptions = .init(), for method: LabelPostprocessor? = nil
    ) throws(InferenceError) -> Prediction {
        _ = try InferenceError.passingOn { () throws(PackageError) in try package.ports(of: network, given: Set(images.keys)) }
        let raw = try tensors(of: images)
        var warnings: [String] = []
        for input in package.inputs {
            let values = raw[input.id].map { NonFiniteValues($0) }
            if let note = values?.note(of: "the image of the input \(input.id)", for: input) { warnings.append(note) }
        }
        let (prepared, rounding) = try InferenceError.passingOn { () throws(PackageError) in try package.prepare(raw, for: network) }
        let shapes = prepared.mapValues(\.shape)
        let passes = try StatisticsPasses(package, network, shapes: shapes, options: options.ofTiles)
        let tiling = try ModelTiling(package, passes?.rehearsal ?? network, shapes: shapes, options: options.ofTiles)
        try OutputFormCheck.steps(of: package, tiling.extents)
        try OutputFormCheck.channels(of: package, tiling.extents)
        if let method { try OutputFormCheck.postprocessor(method, of: package, tiling) }
        let stitched: [String: AxisTensor]
        var (plan, notes, way) = (tiling.plan, tiling.notes, tiling.way)
        if let blending = options.blending {
            let blended = try BlendedRun(package, network, shapes: shapes, blending, options)
            (plan, notes, way) = (blended.plan, blended.notes, blended.way)
            stitched = try run(blended, SampleReader(package, blended.sample, prepared))
        } else {
            let reader = SampleReader(package, tiling.sample, prepared)
            var settled: Network?
            if let passes {
                (notes, way) = ([passes.note] + notes, .statistics)
                settled = try passes.run(reading: reader)
            }
            stitched = try (settled.map { Predictor(package, network: $0) } ?? self).run(tiling, reader)
        }
        let processed = try InferenceError.passingOn { () throws(PackageError) in try package.postprocess(stitched, references: raw) }
        return Prediction(
            outputs: try outputs(processed, of: images, tiling), plan: plan,
            isExact: options.blending == nil ? tiling.isExact && way != .statistics : way == .whole,
            tilingClass: passes == nil ? tiling.tilingClass : .global, way: way,
            notes: warnings + package.notes + package.castNotes(of: network) + rounding + notes
                + package.narrowingNotes(of: stitched, from: network))
    }

    private func tensors(of images: [String: Image]) throws(InferenceError) -> [String: AxisTensor] {
        var tensors: [String: AxisTensor] = [:]
        for input in package.inputs {
            if let image = images[input.id] { tensors[input.id] = try ImageLayout.tensor(of: image, for: input) }
        }
        return tensors
    }

    private func run(_ tiling: ModelTiling, _ reader: SampleReader) throws(InferenceError) -> [String: AxisTensor] {
        var stitcher = Stitcher(package.outputs, tiling)
        for tile in tiling.plan.tiles {
            let windows = try reader.windows(tile)
            let results = try InferenceError.passingOn { () throws(PackageError) in
                try package.run(network, on: windows, options: tiling.run)
            }
            try stitcher.place(results, of: tile)
        }
        return try stitcher.finish()
    }

    private func outputs(
        _ tensors: [String: AxisTensor], of images: [String: Image], _ tiling: ModelTiling
    ) throws(InferenceError) -> [PredictedTensor] {
        let places = images.mapValues { ImageGeometry(spacing: $0.spacing) }
        var outputs: [PredictedTensor] = []
        for description in package.outputs {
            guard let tensor = tensors[description.id],
                let output = PredictedTensor(
                    id: description.id, axes: description.axes, shape: tensor.shape, real: RealValues(tensor.tensor.storage),
                    spacing: tiling.geometry(of: description, shape: tensor.shape, on: places).spacing)
            else {
                throw .unfitOutput(
                    output: description.id, found: "the network did not make it", remedy: "check the package with `concours model check`")
            }
            outputs.append(output)
        }
        return outputs
    }
}
