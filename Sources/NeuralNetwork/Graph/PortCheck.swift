/// Compares what a caller passes with what a network asks for.
enum PortCheck {
    static func check(_ types: [String: TensorType], against ports: [Port], limits: NetworkLimits) throws(NetworkError) {
        for name in types.keys.sorted() where !ports.contains(where: { $0.name == name }) {
            throw NetworkError(.input, "no input is called '\(name)'; the inputs are \(ports.map(\.name))")
        }
        var symbols: [String: (extent: Int, input: String)] = [:]
        for port in ports {
            guard let type = types[port.name] else {
                throw NetworkError(.input, "input '\(port.name)' is missing; the inputs are \(ports.map(\.name))")
            }
            guard type.elementType == port.elementType else {
                throw NetworkError(
                    .input, "input '\(port.name)' has elements of type \(type.elementType.rawValue); expected \(port.elementType.rawValue)")
            }
            guard let count = Tensor.elementCount(of: type.shape), type.shape.allSatisfy({ $0 <= TensorReader.largestExtent }),
                count <= limits.maxTensorBytes / type.elementType.byteCount
            else {
                throw NetworkError(.limit, "input '\(port.name)' has the shape \(type.shape), more than \(limits.maxTensorBytes) bytes")
            }
            guard let declared = port.declaredShape else { continue }
            guard declared.count == type.shape.count else {
                throw NetworkError(.input, "input '\(port.name)' has the shape \(type.shape); expected \(declared.count) axes")
            }
            for (axis, dimension) in declared.enumerated() {
                let extent = type.shape[axis]
                switch dimension {
                case .fixed(let expected) where expected != extent:
                    throw NetworkError(
                        .input, "axis \(axis) of input '\(port.name)' has the extent \(extent); the network has \(expected) there")
                case .symbolic(let symbol):
                    if let earlier = symbols[symbol], earlier.extent != extent {
                        throw NetworkError(
                            .input,
                            "axis \(axis) of input '\(port.name)' has the extent \(extent); '\(symbol)' is \(earlier.extent) in input "
                                + "'\(earlier.input)'")
                    }
                    symbols[symbol] = (extent, port.name)
                default: break
                }
            }
        }
    }
}
