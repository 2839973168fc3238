internal import Imaging
public import NeuralNetwork

extension ModelPackage {
    /// Throws what is wrong with a package that is not unpacked yet: with its description, the structure of its network, the headers of
    /// its test tensors, and the network's extents on the test inputs. No digest is taken.
    ///
    /// - Parameters:
    ///   - weights: the bytes of a file of weights by its path; `nil` if there is none.
    ///   - tensor: the same for a test tensor; `nil` also for one that is judged later.
    public static func judge(
        _ description: DescriptionNode, weights: (_ path: String) throws(PackageError) -> ByteSource?,
        tensor: (_ path: String) -> ByteSource?
    ) throws(PackageError) {
        let package = try ModelPackage(description, folder: PackageFolder(path: ""))
        func source(_ file: PackageFile) throws(PackageError) -> ByteSource {
            guard let source = try weights(file.plainPath) else {
                throw PackageError(
                    .missing, file: package.descriptionFile, line: file.line, found: "\(file.source) is not in the package",
                    remedy: "add the file, or correct the path")
            }
            return source
        }
        let external = try package.externalData.map { (file) throws(PackageError) in
            ExternalData(location: file.name, source: try source(file))
        }
        let model = try package.checked(try source(package.weights), external, limits: .init())
        var shapes: [String: [Int]] = [:]
        for described in package.inputs + package.outputs {
            guard let file = described.testTensor, let source = tensor(file.plainPath) else { continue }
            let head = try ModelPackage.reading(file) { () throws in try NPY.shape(source, name: file.name) }
            shapes[described.id] = try described.checked(testShape: head, file)
        }
        let inputs = shapes.filter { id, _ in package.inputs.contains { $0.id == id } }
        let faults = package.inputs.filter { inputs[$0.id] != nil }.flatMap { package.shapeFaults(of: $0, in: inputs) }
        if let fault = faults.first {
            throw PackageError(
                .tensor, file: package.descriptionFile, found: "test input: \(fault)", remedy: "save the inputs that are described")
        }
        try package.judge(model, on: inputs)
    }

    /// Throws what the network would say of inputs of these extents before its weights are read; extents of some inputs say nothing.
    func judge(_ model: ONNXModel, on shapes: [String: [Int]]) throws(PackageError) {
        guard let matches = matches(model.inputs) else { return }
        var named: [String: [Int]] = [:]
        for (input, port) in matches { named[port.name] = shapes[input.id] }
        guard named.count == matches.count else { return }
        do throws(NetworkError) { try model.judge(inputShapes: named) } catch { throw fault(error) }
    }
}

extension PackageFile {
    /// The file's name without its folders.
    var name: String { String(source.split(separator: "/").last ?? "") }

    /// The path without parts that say nothing.
    fileprivate var plainPath: String { (folder + [Substring(name)]).joined(separator: "/") }
}

extension NPY {
    /// The extents of an array that is not in a file of its own, from its header alone.
    fileprivate static func shape(_ source: ByteSource, name: String) throws -> [Int] {
        try shape(head: source.head(headBytes), size: source.count, name: name)
    }
}
