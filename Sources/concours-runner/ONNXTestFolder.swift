import Challenges
import Foundation
import NeuralNetwork

/// One ONNX backend test: a network, and for each data set the inputs and the outputs that ONNX expects.
struct ONNXTestFolder {
    let name: String
    let path: String
    let threads: Int

    /// Runs the test; what goes wrong is part of the outcome.
    func outcome() -> ONNXTestReport.Test {
        do {
            let network = try Network(ONNXModel(RunnerFiles.source(path + "/model.onnx")))
            let sets = try RunnerFiles.names(in: path).filter { $0.hasPrefix("test_data_set_") }
            guard !sets.isEmpty else { throw RunnerFailure("there is no test_data_set_0") }
            for set in sets {
                if let difference = try difference(network, path + "/" + set) {
                    return ONNXTestReport.Test(test: name, status: .failed, detail: "\(set): \(difference)")
                }
            }
            return ONNXTestReport.Test(test: name, status: .passed, detail: "")
        } catch let error as NetworkError where error.kind == .unsupported {
            return ONNXTestReport.Test(test: name, status: .unsupported, detail: "\(error)")
        } catch {
            return ONNXTestReport.Test(test: name, status: .failed, detail: "\(error)")
        }
    }

    /// What differs in a data set; `nil` if nothing does.
    private func difference(_ network: Network, _ folder: String) throws -> String? {
        let files = try RunnerFiles.names(in: folder)
        var inputs: [String: Tensor] = [:]
        for (index, port) in network.inputs.enumerated() where files.contains("input_\(index).pb") {
            inputs[port.name] = try tensor(folder + "/input_\(index).pb")
        }
        let results = try network.run(inputs, options: RunOptions(threads: threads))
        let expected = files.filter { $0.hasPrefix("output_") }
        guard expected.count == network.outputs.count else {
            throw RunnerFailure("\(expected.count) expected outputs for \(network.outputs.count) outputs of the network")
        }
        for (index, port) in network.outputs.enumerated() {
            guard let result = results[port.name] else { return "\(port.name) is missing" }
            if let difference = difference(result, try tensor(folder + "/output_\(index).pb")) { return "\(port.name): \(difference)" }
        }
        return nil
    }

    private func tensor(_ file: String) throws -> Tensor {
        try Tensor(onnxTensor: RunnerFiles.read(file, limit: 1 << 30))
    }

    /// The tolerance is that of ONNX's own runner.
    private func difference(_ result: Tensor, _ expected: Tensor) -> String? {
        guard result.shape == expected.shape, result.elementType == expected.elementType else {
            return "has the shape \(result.shape) (\(result.elementType.rawValue)), expected \(expected.shape) "
                + "(\(expected.elementType.rawValue))"
        }
        var beyond = 0, example = ""
        for (value, wanted) in zip(result.doubles, expected.doubles) {
            let isClose = value == wanted || value.isNaN && wanted.isNaN || abs(value - wanted) <= 1e-7 + 1e-3 * abs(wanted)
            guard !isClose else { continue }
            if beyond == 0 { example = "\(value) where \(wanted) is expected" }
            beyond += 1
        }
        return beyond == 0 ? nil : "\(beyond) of \(result.count) values differ, the first is \(example)"
    }
}
