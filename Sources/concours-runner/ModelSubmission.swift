import ModelPackages
import TiledInference

/// A submission of kind `model`: a package, and how its outputs become labels.
struct ModelSubmission {
    let package: ModelPackage
    let postprocessor: LabelPostprocessor
    let notes: [String]
    /// Overlapping windows and mirroring, where they are declared.
    let blending: Blending?

    /// Reads the package in a folder; `postprocessor` and `inference` are the entries of `submission.yaml`, if there are any.
    init(folder: String, postprocessor node: DescriptionNode?, inference: DescriptionNode? = nil) throws(PackageError) {
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
