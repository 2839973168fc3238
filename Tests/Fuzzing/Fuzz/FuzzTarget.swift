import Imaging
import ModelPackages
import NeuralNetwork

/// A reader that gets bytes of strangers. It may answer or refuse; it must not crash, hang or take memory.
enum FuzzTarget: String {
    case onnx, yaml, npy, tiff, png

    /// Small limits, so that what is found is a fault and not a file that is really large.
    private static let networkLimits = NetworkLimits(maxTensorBytes: 1 << 22, maxWorkingSetBytes: 1 << 24)
    private static let imageLimits = ImageLimits(pixelBytes: 1 << 22, pages: 64, metadataBytes: 1 << 20)

    /// Reads the bytes; errors are what is wanted.
    func read(_ bytes: [UInt8]) {
        switch self {
        case .onnx: readNetwork(bytes)
        case .yaml:
            guard let folder = ScratchFolder.shared, folder.write(bytes, to: "bioimageio.yaml") else { return }
            _ = try? ModelPackage(folder: folder.path)
        case .npy, .tiff, .png:
            guard let folder = ScratchFolder.shared, folder.write(bytes, to: "image") else { return }
            let path = folder.path + "/image"
            _ = try? ImageFile.header(path, limits: FuzzTarget.imageLimits)
            _ = try? ImageFile.read(path, limits: FuzzTarget.imageLimits)
            if self == .npy { _ = try? NPY.read(path, limits: FuzzTarget.imageLimits) }
        }
    }

    /// Parses, checks and plans; then runs what is small.
    private func readNetwork(_ bytes: [UInt8]) {
        // As a file is read: through a window, weights at last.
        let source = ByteSource(count: bytes.count) { start, buffer in
            bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + buffer.count])) }
            return true
        }
        guard let network = try? Network(ONNXModel(source, limits: FuzzTarget.networkLimits)) else { return }
        var inputs: [String: Tensor] = [:]
        for port in network.inputs {
            let shape = port.shape.map { dimension -> Int in if case .fixed(let extent) = dimension { extent } else { 4 } }
            guard shape.count <= 8, let count = Tensor.elementCount(of: shape), count <= 1 << 12, port.elementType == .float32,
                let tensor = Tensor(shape: shape, storage: .float32([Float](repeating: 1, count: count)))
            else { return }
            inputs[port.name] = tensor
        }
        let shapes = inputs.mapValues(\.shape)
        _ = try? network.reach(inputShapes: shapes)
        guard let bytes = try? network.workingSetBytes(inputShapes: shapes), bytes <= 1 << 20 else { return }
        _ = try? network.run(inputs)
    }
}
