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
    /// By the network's input, which of its tensor axes they are.
    let places: [String: [Int]]
    /// Why the sample must go through in one window; `nil` if it may be cut.
    let obstacle: String?
    /// Why what counts tensor axes cannot work on the sample; `nil` if all inputs have the order batch, channel, space.
    let orderObstacle: String?

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
        let imageAxes = package.imageAxes(of: network)
        places = imageAxes?.places ?? [:]
        obstacle =
            imageAxes?.ids == entries.map(\.id)
            ? SampleAxes.obstacle(package, tiled: entries.map(\.id)) : "the inputs have different axes"
        orderObstacle = SampleAxes.orderObstacle(package)
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

    /// The extents of a moderate window that the network takes, for questions about the graph: as far beyond multiples of the
    /// strides as the padded image, so that what is true of it is true of the image.
    func probe(_ strides: [Int]) -> [Int] {
        zip(entries, strides).map { entry, stride in
            switch entry.sizes {
            case .fixed(let size): return size
            case .stepped(let least, let step):
                let padded = least + roundUp(max(0, entry.extent - least), max(1, step)), enough = max(least, 1024)
                return padded <= enough ? padded : padded - roundDown(padded - enough, leastCommonMultiple(stride, max(1, step)))
            }
        }
    }

    /// The extents of the next larger and the next smaller window of the same kind.
    func neighbours(of probe: [Int], _ strides: [Int]) -> [[Int]] {
        let units = zip(entries, strides).map { entry, stride -> Int in
            if case .stepped(_, let step) = entry.sizes { leastCommonMultiple(stride, max(1, step)) } else { 0 }
        }
        guard units.contains(where: { $0 > 0 }) else { return [] }
        return [zip(probe, units).map { $0 + $1 }, zip(probe, units).map { $0 > $1 ? $0 - $1 : $0 }]
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
        for output in package.outputs {
            for id in tiled where !output.axisIDs.contains(id) { return "the output \(output.id) has no axis \(id)" }
        }
        return nil
    }

    private static func orderObstacle(_ package: ModelPackage) -> String? {
        for input in package.inputs {
            let kinds = input.axes.map(\.kind)
            guard kinds.prefix(2) == [.batch, .channel], kinds.dropFirst(2).allSatisfy({ $0 == .space || $0 == .time }) else {
                return "the axes of \(input.id) are not in the order batch, channel, space"
            }
            guard input.axisIDs.dropFirst(2) == package.inputs[0].axisIDs.dropFirst(2) else { return "the inputs have different axes" }
        }
        return nil
    }
}
