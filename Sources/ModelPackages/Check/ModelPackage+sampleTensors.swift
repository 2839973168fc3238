internal import Imaging
internal import NeuralNetwork
internal import Records

extension ModelPackage {
    /// What is wrong with the sample tensors: their digests, and whether they can be read.
    ///
    /// Samples are examples for people and may be in any image format; one that is not read here is only remarked, and the digest of a
    /// large one is not taken.
    func sampleTensorRemarks() -> (faults: [String], warnings: [String]) {
        var faults: [String] = []
        var warnings: [String] = []
        for tensor in inputs + outputs {
            guard let file = tensor.sampleTensor else { continue }
            do throws(PackageError) {
                let opened = try folder.open(file, limit: ModelPackage.testTensorLimit, description: descriptionFile)
                if opened.size <= PackageFolder.quickDigestBytes {
                    try folder.checkDigest(of: opened, file, description: descriptionFile)
                } else if file.sha256 != nil {
                    warnings.append("the sample of \(tensor.id), \(file.source), has \(opened.size) bytes: its sha256 was not checked")
                }
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
    /// Remarks where the values are not what the package declares: another range, or none of a closed list.
    func dataWarnings(_ description: TensorDescription) -> [String] {
        guard description.data.count == 1, let data = description.data.first else { return [] }
        guard case .float64(let values) = tensor.storage.cast(to: .float64) else { return [] }
        return rangeWarnings(values, data, description.id) + listWarnings(values, data, description.id)
    }

    private func rangeWarnings(_ values: [Double], _ data: TensorData, _ id: String) -> [String] {
        guard data.lower != nil || data.upper != nil else { return [] }
        // The ends are met up to single precision.
        let slack = 1e-6 * max(1, abs(data.lower ?? 0), abs(data.upper ?? 0))
        let outside = values.count { value in
            value < (data.lower ?? -.infinity) - slack || value > (data.upper ?? .infinity) + slack
        }
        guard outside > 0 else { return [] }
        let range = "\(data.lower.map(String.init(describing:)) ?? "any") to \(data.upper.map(String.init(describing:)) ?? "any")"
        return ["\(outside) of \(values.count) values of \(id) are outside the declared range (\(range))"]
    }

    private func listWarnings(_ values: [Double], _ data: TensorData, _ id: String) -> [String] {
        // Values that are words stand for numbers that the file does not give.
        let allowed = Set(data.values.compactMap { $0 == "true" ? 1 : $0 == "false" ? 0 : Double($0) })
        guard !allowed.isEmpty, allowed.count == Set(data.values).count else { return [] }
        let outside = values.count { !allowed.contains($0) }
        guard outside > 0 else { return [] }
        return [
            "\(outside) of \(values.count) values of \(id) are none of the declared ones (\(data.values.prefix(20).joined(separator: ", ")))"
        ]
    }
}
