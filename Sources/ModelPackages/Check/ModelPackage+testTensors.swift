package import Imaging
package import NeuralNetwork
internal import Records

extension ModelPackage {
    /// The largest test tensor that is read, in bytes.
    static let testTensorLimit = 1 << 31

    /// The extents of the test tensor of an input or output, from the file's header alone; the digest of a small file is compared first.
    ///
    /// - Returns: `nil` if the package has none for it.
    func testTensorShape(of description: TensorDescription) throws(PackageError) -> [Int]? {
        guard let file = description.testTensor else { return nil }
        let opened = try folder.open(file, limit: ModelPackage.testTensorLimit, description: descriptionFile)
        if opened.size <= PackageFolder.quickDigestBytes { try folder.checkDigest(of: opened, file, description: descriptionFile) }
        let shape = try ModelPackage.reading(file) { () throws in try NPY.shape(try folder.location(of: file.source)) }
        return try description.checked(testShape: shape, file)
    }

    /// Reads the test tensor of an input or output; its SHA-256 is compared with the declared one. The header of a large file is judged
    /// first, so that one that is no array costs nothing.
    ///
    /// - Returns: `nil` if the package has none for it.
    public func testTensor(of description: TensorDescription) throws(PackageError) -> AxisTensor? {
        guard let file = description.testTensor, let shape = try testTensorShape(of: description) else { return nil }
        let opened = try folder.open(file, limit: ModelPackage.testTensorLimit, description: descriptionFile)
        if opened.size > PackageFolder.quickDigestBytes { try folder.checkDigest(of: opened, file, description: descriptionFile) }
        let array = try ModelPackage.reading(file) { () throws in try NPY.read(try folder.location(of: file.source)) }
        guard let tensor = Tensor(shape: array.shape, storage: TensorStorage(array.pixels)),
            let named = AxisTensor(axes: description.axisIDs, tensor: tensor)
        else {
            throw PackageError(
                .tensor, file: file.source, found: "the test tensor has the extents \(shape)", remedy: "save it with numpy.save")
        }
        return named
    }

    /// A remark where a test tensor's file has another type than the package declares; every type of numbers stands for one with a fraction.
    func testTensorTypeWarning(of description: TensorDescription) throws(PackageError) -> String? {
        guard let file = description.testTensor, let declared = description.data.first?.type else { return nil }
        let type = try ModelPackage.reading(file) { () throws in try NPY.typeName(try folder.location(of: file.source)) }
        guard type != declared, description.isDiscrete || type == "bool" || type == "float16" else { return nil }
        return "the test tensor of \(description.id) is \(type), declared is \(declared)"
    }

    static func reading<Value>(_ file: PackageFile, _ body: () throws -> Value) throws(PackageError) -> Value {
        do { return try body() } catch let error as PackageError {
            throw error
        } catch let error as ImageError {
            let isArray = error.kind == .unsupported || error.kind == .unsuitable
            throw PackageError(
                .unreadable, file: file.source, found: error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message,
                remedy: isArray
                    ? "save the test tensor in another type, such as float32, or float64 for whole numbers beyond 32 bits"
                    : "save the test tensor with numpy.save")
        } catch {
            throw PackageError(.unreadable, file: file.source, found: "\(error)", remedy: "save the test tensor with numpy.save")
        }
    }
}

extension TensorDescription {
    /// The extents of a test tensor, if they are of as many axes as described.
    func checked(testShape shape: [Int], _ file: PackageFile) throws(PackageError) -> [Int] {
        guard shape.count == axes.count else {
            throw PackageError(
                .tensor, file: file.source, found: "the test tensor has the extents \(shape)",
                remedy: "save it with the \(axes.count) axes \(axisIDs.joined(separator: ", "))")
        }
        return shape
    }
}

extension TensorStorage {
    /// The pixels of an image as tensor elements.
    package init(_ pixels: Pixels) {
        switch pixels {
        case .uint8(let values): self = .uint8(values)
        case .uint16(let values): self = .uint16(values)
        case .uint32(let values): self = .uint32(values)
        case .int32(let values): self = .int32(values)
        case .float32(let values): self = .float32(values)
        case .float64(let values): self = .float64(values)
        }
    }
}
