package import Imaging
package import NeuralNetwork

extension ModelPackage {
    /// The largest test tensor that is read, in bytes.
    static let testTensorLimit = 1 << 31

    /// Reads the test tensor of an input or output; its SHA-256 is compared with the declared one.
    ///
    /// - Returns: `nil` if the package has none for it.
    public func testTensor(of description: TensorDescription) throws(PackageError) -> AxisTensor? {
        guard let file = description.testTensor else { return nil }
        _ = try folder.read(file, limit: ModelPackage.testTensorLimit, description: descriptionFile)
        let array: NPYArray
        do {
            array = try NPY.read(try folder.location(of: file.source))
        } catch let error as PackageError {
            throw error
        } catch {
            throw PackageError(.unreadable, file: file.source, found: "\(error)", remedy: "save the test tensor with numpy.save")
        }
        guard let tensor = Tensor(shape: array.shape, storage: TensorStorage(array.pixels)),
            let named = AxisTensor(axes: description.axisIDs, tensor: tensor)
        else {
            throw PackageError(
                .tensor, file: file.source, found: "the test tensor has the extents \(array.shape)",
                remedy: "save it with the \(description.axes.count) axes \(description.axisIDs.joined(separator: ", "))")
        }
        return named
    }
}

extension TensorStorage {
    /// The pixels of an image as tensor elements; `uint32` becomes `int64`, which holds all its values.
    package init(_ pixels: Pixels) {
        switch pixels {
        case .uint8(let values): self = .uint8(values)
        case .uint16(let values): self = .uint16(values)
        case .uint32(let values): self = .int64(values.map(Int64.init))
        case .int32(let values): self = .int32(values)
        case .float32(let values): self = .float32(values)
        case .float64(let values): self = .float64(values)
        }
    }
}
