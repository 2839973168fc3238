import Foundation
import Imaging
import ModelPackages
import Records
import TiledInference

/// The images of a run, by the model's inputs.
struct RunImages {
    private let arguments: [String: FileArgument]
    /// What pages are, by input.
    private let pages: [String: Axis]
    private let package: ModelPackage
    /// How the files were before anything of them was read.
    private let states: [String: FileState]

    /// Finds the input of each image, and what its pages are.
    init(_ arguments: [FileArgument], pages: [PagesArgument], for package: ModelPackage) throws(RunnerFailure) {
        let needed = package.inputs.filter { !$0.isOptional }
        let wanted = (needed.isEmpty ? [package.inputs[0]] : needed).map { "--input \($0.id)=FILE" }.joined(separator: " ")
        var known: [String: FileArgument] = [:]
        for argument in arguments {
            guard let name = argument.name ?? (arguments.count == 1 ? needed.first?.id ?? package.inputs[0].id : nil) else {
                throw RunnerFailure("--input \(argument.file): several images need names; give \(wanted)")
            }
            guard package.inputs.contains(where: { $0.id == name }) else {
                let names = package.inputs.map { $0.isOptional ? "\($0.id) (optional)" : $0.id }.joined(separator: ", ")
                throw RunnerFailure(
                    "--input \(name)=…: the model has no input of this name; its \(package.inputs.count == 1 ? "input is" : "inputs are") "
                        + names)
            }
            guard known.updateValue(argument, forKey: name) == nil else {
                throw RunnerFailure("--input \(name)=…: two images are given for one input; give \(wanted)")
            }
        }
        if let missing = needed.first(where: { known[$0.id] == nil }) {
            throw RunnerFailure("the model's input \(missing.id) has no image; give \(wanted)")
        }
        var named: [String: Axis] = [:]
        for own in pages {
            guard let name = own.name ?? (known.count == 1 ? known.keys.first : nil), known[name] != nil, named[name] == nil else {
                let choices = known.keys.sorted().map { "--pages \($0)=\(own.axis.rawValue)" }.joined(separator: " or ")
                throw RunnerFailure(
                    "--pages \(own.name.map { $0 + "=" } ?? "")\(own.axis.rawValue): "
                        + (own.name == nil && known.count > 1 ? "several images are given" : "there is no such image, or it is named twice")
                        + "; give \(choices)")
            }
            named[name] = own.axis
        }
        self.pages = named
        self.arguments = known
        states = known.mapValues { FileState(of: $0.path) }
        self.package = package
    }

    /// Opens the images and reads arrays that are none; together they hold as many decoded blocks as the run's memory leaves to them.
    func opened(_ memory: RunMemory) throws -> [String: InputSource] {
        let limits = BlockLimits(
            blockBytes: max(memory.total / 8, 1 << 24), cacheBytes: memory.blockCache / max(1, arguments.count))
        var given: [String: InputSource] = [:]
        for (name, argument) in arguments {
            do { given[name] = try source(argument.path, for: name, limits) } catch let error as InferenceError {
                throw RunnerFailure("\(argument.file): \(error)")
            } catch {
                // A block is decoded as a whole.
                let isLarge = (error as? ImageError)?.kind == .limit
                let remedy = isLarge ? " With more --memory larger blocks are read: one may take an eighth of it, or 16 MiB." : ""
                let words = "\(error)\(remedy)"
                guard isLarge || arguments.count > 1 else { throw error }
                throw RunnerFailure((arguments.count > 1 ? "the image of the input \(name): " : "") + words)
            }
        }
        return given
    }

    /// Opens an image; an array, which names no axes, has those of the input.
    private func source(_ path: String, for name: String, _ limits: BlockLimits) throws -> InputSource {
        guard let input = package.inputs.first(where: { $0.id == name }), let shape = try ImageFile.arrayShape(path) else {
            return .image(try ImageFile.blocks(path, limits: limits, pages: pages[name]))
        }
        if let axis = pages[name] {
            throw RunnerFailure("--pages \(axis.rawValue): an NPY has no pages but the axes of the model's input; leave --pages out")
        }
        guard !input.isArray(ofShape: shape) else { return .array(try NPY.read(path, limits: ImageLimits(pixelBytes: limits.blockBytes))) }
        let images = try ImageFile.images(inArray: path, axes: try input.axes(ofArray: shape), limits: limits)
        return images.count == 1 ? .image(images[0]) : .batch(images)
    }

    /// Refuses images that were changed since the first look at them, so that what was read may be of both.
    func checkUnchanged() throws(InferenceError) {
        for (name, argument) in arguments.sorted(by: { $0.key < $1.key }) where FileState(of: argument.path) != states[name] {
            throw .unfitImage(
                input: name, found: "\(argument.file) was changed while it was read",
                remedy: "run again when nobody writes to it; nothing of what was done is used")
        }
    }

    /// The name of an input's file.
    func file(of input: String) -> String { arguments[input]?.file ?? input }

    /// A digest of every byte of the images, in the order of the inputs' names.
    func digest() throws -> String {
        var parts: [String] = []
        for (name, argument) in arguments.sorted(by: { $0.key < $1.key }) {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: argument.path, isDirectory: &isFolder)
            let path = argument.path
            let digest = isFolder.boolValue ? try FolderDigest(of: path, maximumFiles: 50_000_000).digest : try Digest(ofFile: path)
            parts.append("\(name) \(digest)\(pages[name].map { " pages \($0.rawValue)" } ?? "")")
        }
        return parts.joined(separator: " ")
    }
}
