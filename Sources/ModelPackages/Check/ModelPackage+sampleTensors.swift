internal import Imaging
internal import NeuralNetwork

extension ModelPackage {
    /// What is wrong with the sample tensors: their digests, and whether they can be read.
    ///
    /// Samples are examples for people and may be in any image format; one that is not read here is only remarked.
    func sampleTensorRemarks() -> (faults: [String], warnings: [String]) {
        var faults: [String] = []
        var warnings: [String] = []
        for tensor in inputs + outputs {
            guard let file = tensor.sampleTensor else { continue }
            do throws(PackageError) {
                _ = try folder.read(file, limit: ModelPackage.testTensorLimit, description: descriptionFile)
            } catch {
                faults.append("the sample of \(tensor.id): \(error)")
                continue
            }
            do {
                _ = try ImageFile.header(try folder.location(of: file.source))
            } catch {
                warnings.append("the sample of \(tensor.id), \(file.source), was not looked at: it is no image that is read here")
            }
        }
        return (faults, warnings)
    }
}

extension AxisTensor {
    /// A remark where values lie outside the range that the package declares.
    func rangeWarnings(_ description: TensorDescription) -> [String] {
        guard description.data.count == 1, let data = description.data.first, data.lower != nil || data.upper != nil else { return [] }
        guard case .float64(let values) = tensor.storage.cast(to: .float64) else { return [] }
        // The ends are met up to single precision.
        let slack = 1e-6 * max(1, abs(data.lower ?? 0), abs(data.upper ?? 0))
        let outside = values.count { value in
            value < (data.lower ?? -.infinity) - slack || value > (data.upper ?? .infinity) + slack
        }
        guard outside > 0 else { return [] }
        let range = "\(data.lower.map(String.init(describing:)) ?? "any") to \(data.upper.map(String.init(describing:)) ?? "any")"
        return ["\(outside) of \(values.count) values of \(description.id) are outside the declared range (\(range))"]
    }
}
