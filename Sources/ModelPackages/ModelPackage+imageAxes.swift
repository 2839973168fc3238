public import NeuralNetwork

/// The axes of the image, along which results follow places: space and time.
public struct ImageAxes: Sendable, Equatable {
    /// The names, in the order of the first input.
    public let ids: [String]
    /// By the network's input, which of its tensor axes they are.
    public let places: [String: [Int]]
}

extension ModelPackage {
    /// The axes of the image; `nil` if some input of the network lacks one of them, or has another grid along it.
    ///
    /// Inputs without any, such as a condition, are no images and have no part in it.
    public func imageAxes(of network: Network) -> ImageAxes? { imageAxes(of: ports(of: network)) }

    /// The same of inputs that are matched.
    public func imageAxes(of ports: [(input: TensorDescription, port: Port)]) -> ImageAxes? {
        var ids: [String] = []
        var firsts: [String: (axis: TensorAxis, input: TensorDescription)] = [:]
        for (input, _) in ports {
            for axis in input.axes where axis.kind == .space || axis.kind == .time {
                guard let first = firsts[axis.id] else {
                    ids.append(axis.id)
                    firsts[axis.id] = (axis, input)
                    continue
                }
                guard shareGrid(axis, of: input, first.axis, of: first.input) else { return nil }
            }
        }
        var places: [String: [Int]] = [:]
        for (input, port) in ports where ids.isEmpty || input.hasPlaces {
            let own = ids.compactMap { input.axisIDs.firstIndex(of: $0) }
            guard own.count == ids.count else { return nil }
            places[port.name] = own
        }
        return ImageAxes(ids: ids, places: places)
    }
}
