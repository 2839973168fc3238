internal import ModelPackages

extension StreamedRun {
    /// What is written into a file.
    public enum Product: Sendable {
        /// An output of the model by name, the first where there is none: in float32 where that holds its type, else in float64, int32 or
        /// uint32.
        case output(String?)
        /// Labels.
        case labels(LabelPostprocessor)
    }

    /// A file that a run makes.
    public struct Target: Sendable {
        /// The file's path: `.zarr`, `.tif` or `.tiff` for images, `.npy` for arrays with the axes of the output in its order.
        public let path: String
        /// What is written.
        public let product: Product
        /// Another disk, to which the file is brought when the run is over; `nil` if it stays on that of its path.
        public let place: Place?

        /// Names a file and what goes into it.
        public init(_ path: String, _ product: Product, place: Place? = nil) {
            self.path = path
            self.product = product
            self.place = place
        }
    }

    /// Where a caller brings a file.
    public struct Place: Sendable, Equatable {
        /// The number of the file system.
        public let disk: UInt64
        /// What is free there.
        public let freeBytes: Int
        /// What messages call the file there.
        public let shown: String

        /// Describes a place.
        public init(disk: UInt64, freeBytes: Int, shown: String) {
            self.disk = disk
            self.freeBytes = freeBytes
            self.shown = shown
        }
    }
}

/// A file that a run makes, with the outputs of which it is made.
struct RunTarget {
    let path: String
    let product: StreamedRun.Product
    let place: StreamedRun.Place?
    /// The ending of the file's name.
    let ending: String
    /// The output of which the product is made, then others that are read beside it.
    let outputs: [TensorDescription]

    /// Refuses outputs that the model does not have and endings that do not fit.
    init(_ target: StreamedRun.Target, of package: ModelPackage) throws(InferenceError) {
        path = target.path
        product = target.product
        place = target.place
        outputs = try RunTarget.outputs(of: target.product, package)
        let name = target.path.lowercased(), isImage = outputs.allSatisfy(\.isImage)
        let endings = isImage ? [".zarr", ".tif", ".tiff", ".npy"] : [".npy"]
        guard let ending = endings.first(where: name.hasSuffix) else {
            guard isImage else {
                let axes = outputs[0].axisIDs.joined(separator: ", ")
                throw .unfitOutput(output: outputs[0].id, found: "it has the axes \(axes) and is no image", remedy: "write it into an .npy")
            }
            throw .work(
                found: "the output's name ends with no format that images can be written in block by block",
                remedy: "write .zarr, .tif, .tiff or .npy")
        }
        self.ending = ending
    }

    /// Whether the file is an array, which names no axes.
    var isArray: Bool { ending == ".npy" }

    /// Whether an output is written, and not labels.
    var isOutput: Bool { if case .output = product { true } else { false } }

    /// Whether tiles are written into the file at once.
    var isDirect: Bool { isOutput && !outputs[0].needsWholeSample }

    /// What is written, in a word that does not change.
    var productName: String {
        switch product {
        case .output(let name): "output \(name ?? "")"
        case .labels(let method): "labels \(method)"
        }
    }

    private static func outputs(of product: StreamedRun.Product, _ package: ModelPackage) throws(InferenceError) -> [TensorDescription] {
        var names: [String?]
        switch product {
        case .output(let name): names = [name]
        case .labels(let method):
            names = [method.source.output]
            if case .stardist(let stars) = method, let probability = stars.probability { names.append(probability.output) }
        }
        var wanted: [TensorDescription] = []
        for name in names {
            guard let output = name == nil ? package.outputs.first : package.outputs.first(where: { $0.id == name }) else {
                throw .unfitOutput(
                    output: name ?? "(first)", found: "the model does not have it",
                    remedy: "use one of \(package.outputs.map(\.id).joined(separator: ", "))")
            }
            if !wanted.contains(where: { $0.id == output.id }) { wanted.append(output) }
        }
        return wanted
    }
}

extension TensorDescription {
    /// Whether the tensor is an image: it has the axes y and x at least, and one element only along every index.
    var isImage: Bool { imageObstacle == nil }

    /// Why it is none; `nil` if it is one.
    var imageObstacle: String? {
        let missing = ["y", "x"].first { id in !axes.contains { $0.kind == .space && $0.id == id } }
        if let missing { return "has no axis \(missing)" }
        let index = axes.first { $0.kind == .index && $0.size != .fixed(1) }
        return index.map { "may have several elements along \($0.id)" }
    }
}

extension [RunTarget] {
    /// The targets of a run, each with a path and an output of its own.
    init(_ targets: [StreamedRun.Target], of package: ModelPackage) throws(InferenceError) {
        self = []
        for target in targets {
            let new = try RunTarget(target, of: package)
            if contains(where: { $0.path == new.path }) {
                throw .work(found: "two outputs are to be written into one file", remedy: "give each a file of its own")
            }
            if contains(where: { $0.isOutput && new.isOutput && $0.outputs[0].id == new.outputs[0].id }) {
                throw .unfitOutput(output: new.outputs[0].id, found: "it is to be written into two files", remedy: "copy one of them")
            }
            append(new)
        }
    }

    /// The names of all outputs that are needed.
    var outputNames: Set<String> { Set(flatMap { $0.outputs.map(\.id) }) }

    /// The names of outputs that are needed as a whole, in the order of the targets.
    var gatheredNames: [String] {
        var names: [String] = []
        for target in self where !target.isDirect {
            for output in target.outputs where output.isImage && !names.contains(output.id) { names.append(output.id) }
        }
        return names
    }
}
