public import NeuralNetwork

extension ModelPackage {
    /// The package and its network with some of the outputs only, in their order, and those to which their extents refer.
    ///
    /// - Parameter names: the outputs' names; others than the package's are passed over.
    public func keeping(outputs names: Set<String>, of network: Network) -> (package: ModelPackage, network: Network) {
        var kept = names
        // References end after as many hops as there are outputs.
        for _ in outputs {
            for output in outputs where kept.contains(output.id) {
                for case .reference(let tensor, _, _) in output.axes.map(\.size) { kept.insert(tensor) }
            }
        }
        let places = outputs.indices.filter { kept.contains(outputs[$0].id) }
        guard places.count < outputs.count, network.outputs.count == outputs.count else { return (self, network) }
        var package = self
        package.outputs = places.map { outputs[$0] }
        return (package, network.keeping(outputs: places))
    }
}
