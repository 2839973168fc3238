public import NeuralNetwork
internal import Records

/// A bioimage.io model package, format 0.4 or 0.5, with ONNX weights.
///
/// Reading a package checks its description; no weights are opened by it. Weights of other kinds are never opened at all,
/// since a pickle runs code when it is read. Fields that are not needed to run a model are left alone, as the format allows.
/// A description of format 0.4 becomes the same value as one of 0.5 (see `FormatFour`).
/// Source: bioimage.io specification 0.4 (up to 0.4.10) and 0.5 (up to 0.5.14).
public struct ModelPackage: Sendable {
    /// The names under which a description is looked for, in this order.
    public static let descriptionFiles = ["bioimageio.yaml", "rdf.yaml"]

    /// The description's file name.
    public let descriptionFile: String
    /// The format's version, such as `0.5.4`.
    public let formatVersion: String
    /// The model's name.
    public let name: String
    /// The model's own version, where the file says.
    public let version: String?
    /// The licence, where the file says.
    public let licence: String?
    /// The inputs, in the order of the network's inputs.
    public let inputs: [TensorDescription]
    /// The outputs, in the order of the network's outputs.
    public internal(set) var outputs: [TensorDescription]
    /// The weights' file.
    public let weights: PackageFile
    /// The file with the weights' numbers, where the weights' file holds the graph alone.
    public let externalData: PackageFile?
    /// The version of the operator set that the description names, where it does.
    public let declaredOpset: Int?
    /// What the package says about differences that may be tolerated, in the order of the file.
    public let tolerances: [ReproducibilityTolerance]
    /// The tolerance for outputs that no entry of `tolerances` is for.
    public let standardTolerance: ReproducibilityTolerance
    /// The same for outputs of whole numbers and truth values.
    public let discreteTolerance: ReproducibilityTolerance
    /// What a user should know, such as a missing digest.
    public let notes: [String]

    let folder: PackageFolder

    /// Reads the description of the package in a folder.
    ///
    /// - Parameter folder: the path of the unpacked package.
    public init(folder path: String, limits: DescriptionLimits = .init()) throws(PackageError) {
        let folder = PackageFolder(path: path)
        let file = try ModelPackage.descriptionFile(in: folder)
        let bytes = try folder.read(file, limit: limits.bytes)
        try self.init(try DescriptionNode.read(bytes, file: file, limits: limits), folder: folder)
    }

    private static func descriptionFile(in folder: PackageFolder) throws(PackageError) -> String {
        for name in descriptionFiles where folder.contains(name) { return name }
        throw PackageError(
            .missing, found: "no bioimageio.yaml and no rdf.yaml in the package's folder",
            remedy: "give the folder that holds the description itself, unpacked")
    }

    /// The tolerance for an output: the first entry that is for it, else the format's default.
    public func tolerance(of output: String) -> ReproducibilityTolerance {
        let isDiscrete = outputs.first { $0.id == output }?.isDiscrete ?? false
        return tolerances.first { $0.isFor(output, isDiscrete: isDiscrete) } ?? (isDiscrete ? discreteTolerance : standardTolerance)
    }

    /// Reads and checks the weights.
    ///
    /// The structure of the graph is checked before its weights are read, and before the digest of a large file is taken. The files'
    /// SHA-256 are compared with the declared one; the numbers of inputs and outputs must be those of the description.
    public func network(limits: NetworkLimits = .init()) throws(PackageError) -> Network {
        try network(limits: limits) { (_) throws(PackageError) in }
    }

    /// The same.
    ///
    /// - Parameter judge: throws what else is wrong with the network's structure, before its weights are read.
    public func network(
        limits: NetworkLimits, judge: (ONNXModel) throws(PackageError) -> Void
    ) throws(PackageError) -> Network {
        let file = try folder.open(weights, limit: limits.maxFileBytes, description: descriptionFile)
        var files = [(file, weights)]
        var external: ExternalData?
        if let entry = externalData {
            let file = try folder.open(entry, limit: limits.maxFileBytes, description: descriptionFile)
            external = ExternalData(location: entry.name, source: ByteSource(file))
            files.append((file, entry))
        }
        func checkDigests(quick: Bool) throws(PackageError) {
            for (file, entry) in files where (file.size <= PackageFolder.quickDigestBytes) == quick {
                try folder.checkDigest(of: file, entry, description: descriptionFile)
            }
        }
        try checkDigests(quick: true)
        let model = try checked(ByteSource(file), external, limits: limits)
        try judge(model)
        try checkDigests(quick: false)
        do throws(NetworkError) { return try Network(model) } catch { throw fault(error) }
    }

    /// The network's structure; an error if it is wrong or does not fit the description.
    func checked(_ source: ByteSource, _ external: ExternalData?, limits: NetworkLimits) throws(PackageError) -> ONNXModel {
        let model: ONNXModel
        do throws(NetworkError) { model = try ONNXModel(source, externalData: external, limits: limits) } catch { throw fault(error) }
        try check(model.inputs.count, model.outputs.count)
        var shapes: [String: [Dimension]] = [:]
        for (input, port) in matches(model.inputs) ?? [] {
            try check(input, port)
            shapes[port.name] = input.axes.map { if case .fixed(let extent) = $0.size { .fixed(extent) } else { .unknown } }
        }
        do throws(NetworkError) { try model.judge(declaredShapes: shapes) } catch { throw fault(error) }
        return model
    }

    /// Compares the network's numbers of inputs and outputs with the description's.
    private func check(_ inputCount: Int, _ outputCount: Int) throws(PackageError) {
        let needed = inputs.count { !$0.isOptional }
        guard inputCount == inputs.count || inputCount == needed, outputCount == outputs.count else {
            throw PackageError(
                .network, file: weights.source,
                found: "the network has \(inputCount) inputs and \(outputCount) outputs, the description "
                    + "\(inputs.count) and \(outputs.count)", remedy: "describe every input and output, in the network's order")
        }
    }

    /// Refuses an input whose axes, only extents or type are not those of the network's input.
    private func check(_ input: TensorDescription, _ port: Port) throws(PackageError) {
        func fault(
            _ found: String, remedy: String = "describe the axes and extents that the network takes, or export it with others"
        ) -> PackageError {
            PackageError(
                .tensor, file: descriptionFile, line: input.line, field: "inputs[\(inputs.firstIndex { $0.id == input.id } ?? 0)]",
                found: "`\(input.id)` has \(found)", remedy: remedy)
        }
        if let (step, type) = input.stepBeforeWholeNumbers(for: port) {
            let taken = port.elementType.rawValue
            throw fault(
                "`data: {type: \(type.rawValue)}`, to which the format casts what `\(step)` makes, and the network's input `\(port.name)` takes "
                    + taken, remedy: "end the preprocessing with `ensure_dtype`, `dtype: \(taken)`")
        }
        guard let declared = port.declaredShape else { return }
        guard declared.count == input.axes.count else {
            throw fault(
                "\(input.axes.count) axes (\(input.axisIDs.joined(separator: ", "))), the network's input `\(port.name)` has \(declared.count)"
            )
        }
        for (axis, dimension) in zip(input.axes, declared) {
            guard case .fixed(let own) = axis.size, case .fixed(let taken) = dimension, own != taken else { continue }
            throw fault("\(own) element\(own == 1 ? "" : "s") along \(axis.id), the network's input `\(port.name)` takes \(taken)")
        }
    }

    /// What is wrong with the network, as an error of the package.
    func fault(_ error: NetworkError) -> PackageError {
        PackageError(.network, file: weights.source, found: "\(error)", remedy: error.remedy)
    }
}
