internal import ModelPackages
internal import NeuralNetwork

/// The axes of a sample along which windows are taken: space and time, with their extents and what the network takes there.
struct SampleAxes {
    /// One such axis; inputs that have it have the same extent along it.
    struct Entry {
        let id: String
        let extent: Int
        let sizes: AxisRequest.Sizes
    }

    /// The axes, in the order of the first input.
    let entries: [Entry]
    /// Why the sample must go through in one window; `nil` if it may be cut.
    let obstacle: String?

    private let ports: [(name: String, axes: [String], shape: [Int])]

    init(_ package: ModelPackage, _ network: Network, shapes: [String: [Int]]) throws(InferenceError) {
        var entries: [Entry] = []
        var ports: [(name: String, axes: [String], shape: [Int])] = []
        for (input, port) in package.ports(of: network) {
            guard let shape = shapes[input.id] else { continue }
            ports.append((port.name, input.axisIDs, shape))
            for (index, axis) in input.axes.enumerated() {
                let sizes = try SampleAxes.sizes(of: axis, at: index, input, port, package, shapes)
                guard axis.kind == .space || axis.kind == .time else {
                    try SampleAxes.check(shape[index], sizes, axis, input)
                    continue
                }
                guard let twin = entries.first(where: { $0.id == axis.id }) else {
                    entries.append(Entry(id: axis.id, extent: shape[index], sizes: sizes))
                    continue
                }
                guard twin.extent == shape[index], twin.sizes == sizes else {
                    throw .noTiling(
                        found: "the inputs have different extents along \(axis.id) (\(twin.extent) and \(shape[index]))",
                        remedy: "give images of the same extents")
                }
            }
        }
        self.entries = entries
        self.ports = ports
        obstacle = SampleAxes.obstacle(package, tiled: entries.map(\.id))
    }

    /// The shapes of the network's inputs, by port, for a window.
    func shapes(window: [Int]) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for port in ports {
            shapes[port.name] = zip(port.axes, port.shape).map { id, extent in
                entries.firstIndex { $0.id == id }.map { window[$0] } ?? extent
            }
        }
        return shapes
    }

    /// The extents of a moderate window that the network takes, for questions about the graph.
    var probe: [Int] {
        entries.map { entry in
            switch entry.sizes {
            case .fixed(let size): size
            case .stepped(let least, let step): least + roundUp(max(0, min(entry.extent, 1024) - least), step)
            }
        }
    }

    private static func sizes(
        of axis: TensorAxis, at index: Int, _ input: TensorDescription, _ port: Port, _ package: ModelPackage, _ shapes: [String: [Int]]
    ) throws(InferenceError) -> AxisRequest.Sizes {
        if port.shape.indices.contains(index), case .fixed(let extent) = port.shape[index] { return .fixed(extent) }
        switch axis.size {
        case .fixed(let extent): return .fixed(extent)
        case .stepped(let least, let step): return step == 0 ? .fixed(least) : .stepped(least: least, step: step)
        case .any, .dataDependent: return .stepped(least: 1, step: 1)
        case .reference:
            guard let extent = package.extent(of: axis, given: [:]) else {
                throw .noTiling(
                    found: "the extent of \(input.id).\(axis.id) depends on another free axis",
                    remedy: "describe it with `{min: …, step: …}`")
            }
            return .fixed(extent)
        }
    }

    private static func check(
        _ extent: Int, _ sizes: AxisRequest.Sizes, _ axis: TensorAxis, _ input: TensorDescription
    ) throws(InferenceError) {
        if case .fixed(let size) = sizes, size != extent {
            throw .unfitImage(
                input: input.id, found: "\(extent) elements along \(axis.id), the model takes \(size)",
                remedy: "give an image with \(size) of them")
        }
    }

    private static func obstacle(_ package: ModelPackage, tiled: [String]) -> String? {
        for input in package.inputs {
            let kinds = input.axes.map(\.kind)
            guard kinds.prefix(2) == [.batch, .channel], kinds.dropFirst(2).allSatisfy({ $0 == .space || $0 == .time }) else {
                return "the axes of \(input.id) are not in the order batch, channel, space"
            }
            // The graph's answers are by position: windows of all inputs must lie over each other.
            guard input.axisIDs.dropFirst(2) == package.inputs[0].axisIDs.dropFirst(2) else {
                return "the inputs have different axes"
            }
        }
        for output in package.outputs {
            for id in tiled where !output.axisIDs.contains(id) { return "the output \(output.id) has no axis \(id)" }
        }
        return nil
    }
}
