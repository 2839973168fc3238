import ModelPackages
import TiledInference

/// A submission of kind `model`: a package with one image input, and how its outputs become labels.
struct ModelSubmission {
    let package: ModelPackage
    let postprocessor: LabelPostprocessor
    let notes: [String]

    /// Reads the package in a folder; `postprocessor` is the entry of `submission.yaml`, if there is one.
    init(folder: String, postprocessor node: DescriptionNode?) throws(PackageError) {
        package = try ModelPackage(folder: folder)
        guard package.inputs.dropFirst().allSatisfy(\.isOptional) else {
            throw PackageError(
                .invalidValue, file: package.descriptionFile, field: "inputs", found: "the model has \(package.inputs.count) inputs",
                remedy: "hand in a model with one image input")
        }
        if let node {
            postprocessor = try LabelPostprocessor(node)
            notes = package.notes
        } else {
            postprocessor = .standard
            notes = package.notes + [LabelPostprocessor.standardNote]
        }
    }
}
