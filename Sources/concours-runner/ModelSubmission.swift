import Imaging
import ModelPackages
import NeuralNetwork
import TiledInference

/// A submission of kind `model`: a package, and how its outputs become labels.
struct ModelSubmission {
    let package: ModelPackage
    let postprocessor: LabelPostprocessor
    let notes: [String]
    /// Overlapping windows and mirroring, where they are declared.
    let blending: Blending?
    /// The entries of `submission.yaml`, for the places of mistakes.
    private let postprocessorNode, inferenceNode: DescriptionNode?

    /// Reads the package in a folder; `postprocessor` and `inference` are the entries of `submission.yaml`, if there are any.
    init(folder: String, postprocessor node: DescriptionNode?, inference: DescriptionNode? = nil) throws(PackageError) {
        (postprocessorNode, inferenceNode) = (node, inference)
        blending = try inference.map { (node) throws(PackageError) in try Blending(node) }
        package = try ModelPackage(folder: folder)
        if let node {
            postprocessor = try LabelPostprocessor(node)
            try Self.check(postprocessor, of: package, at: node)
            notes = package.notes
        } else {
            let (undeclared, note) = LabelPostprocessor.undeclared(for: package)
            postprocessor = undeclared
            notes = package.notes + [note]
        }
    }
}

extension ModelSubmission {
    /// Refuses a model that needs more than the one image of a case.
    func checkForCases() throws(PackageError) {
        let count = package.inputs.count { !$0.isOptional }
        guard count > 1 else { return }
        throw PackageError(
            .invalidValue, file: package.descriptionFile, field: "inputs", found: "the model needs \(count) inputs",
            remedy: "hand in a model with one image input")
    }

    /// Refuses a model that does not take the images of a challenge, or of whose outputs labels cannot be made: all that shows before the
    /// first case.
    ///
    /// - Parameter imageAxes: the axes of the images; `nil` where no challenge is known.
    func checkForCases(_ network: Network, imageAxes: [Axis]?) throws(PackageError) {
        try checkForCases()
        let fit: CaseFit
        do { fit = try CaseFit(package, network, imageAxes: imageAxes) } catch { throw fault(error, at: nil) }
        do { try fit.check(postprocessor) } catch { throw fault(error, at: postprocessorNode) }
        guard let blending else { return }
        do { try fit.check(blending) } catch { throw fault(error, at: inferenceNode) }
    }

    /// A mistake with the place of what is to be changed.
    ///
    /// - Parameter node: the entry of `submission.yaml` that was judged; `nil` if it is not there.
    private func fault(_ error: InferenceError, at node: DescriptionNode?) -> PackageError {
        switch error {
        case .package(let error), .values(let error, _):
            guard let node, error.line == nil else { return error }
            return node.fault(error.code, found: error.found, remedy: error.remedy)
        case .unfitImage(let id, let found, let remedy): return fault(of: id, in: package.inputs, "inputs", found, remedy)
        case .unfitOutput(let id, let found, let remedy):
            guard let node else { return fault(of: id, in: package.outputs, "outputs", found, remedy) }
            return node.fault(found: "the output `\(id)`: \(found)", remedy: remedy)
        case .noTiling(let found, let remedy):
            return node?.fault(found: found, remedy: remedy)
                ?? PackageError(.network, file: package.weights.source, found: found, remedy: remedy)
        case .image, .work, .memory, .memoryAtOnce:
            return PackageError(.network, file: package.weights.source, found: "\(error)", remedy: "hand in a smaller network")
        }
    }

    private func fault(
        of id: String, in tensors: [TensorDescription], _ key: String, _ found: String, _ remedy: String
    ) -> PackageError {
        let index = tensors.firstIndex { $0.id == id } ?? 0
        return PackageError(
            .invalidValue, file: package.descriptionFile, line: tensors[index].line, field: "\(key)[\(index)]", found: "`\(id)`: \(found)",
            remedy: remedy)
    }

    /// Refuses a postprocessor that names an output or a channel that the package does not have, or whose values are labels already.
    private static func check(
        _ postprocessor: LabelPostprocessor, of package: ModelPackage, at node: DescriptionNode
    ) throws(PackageError) {
        for source in postprocessor.sources {
            guard let name = source.output, !package.outputs.contains(where: { $0.id == name }) else { continue }
            let names = package.outputs.map { "`\($0.id)`" }.joined(separator: ", ")
            throw node.fault(found: "the output `\(name)`, which the package does not have", remedy: "write one of \(names)")
        }
        let source = postprocessor.source
        guard let output = source.output == nil ? package.outputs.first : package.outputs.first(where: { $0.id == source.output }) else {
            return
        }
        if let step = output.labelStepID {
            throw node.fault(
                found: "`\(postprocessor.id)` on the output `\(output.id)`, which `\(step)` has made labels already",
                remedy: "leave out `postprocessor`, or take the step out of the package")
        }
        if let fault = postprocessor.formFault(on: package.outputs.map { OutputForm($0) }) {
            throw node.fault(found: "`\(postprocessor.id)` on the output `\(fault.output)`: \(fault.found)", remedy: fault.remedy)
        }
    }
}
