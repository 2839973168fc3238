internal import NeuralNetwork

extension ModelPackage {
    /// That the description names another version of the operator set than the network's, or none; `nil` where there is nothing to say.
    ///
    /// Runtimes read the version from the network; format 0.5 asks for it in the description, format 0.4 does not.
    func opsetWarning(of network: Network) -> String? {
        guard let declaredOpset else {
            return formatVersion.hasPrefix("0.4")
                ? nil : "the weights have no `opset_version`, which format 0.5 asks for: write `opset_version: \(network.opset)`"
        }
        guard declaredOpset != network.opset else { return nil }
        return "the weights are declared with `opset_version: \(declaredOpset)`, \(weights.source) is of operator set \(network.opset), "
            + "which is what counts"
    }
}
