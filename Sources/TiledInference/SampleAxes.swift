internal import ModelPackages
internal import NeuralNetwork

/// The axes of a sample along which windows are taken: space and time, with their extents and what the network takes there.
///
/// Inputs that the description ties to one grid share an axis, also at another resolution: a mask of half the resolution has one element
/// for two of the axis. What is tied to nothing is an axis of its own, and the sample then goes through in one window.
struct SampleAxes {
    /// One such axis, in elements of the first input that has it.
    struct Entry {
        let id: String
        /// The input of whose elements it is made.
        let owner: String
        let extent: Int
        let sizes: AxisRequest.Sizes
        /// The least number of elements that is whole in every input.
        var unit = 1
    }

    /// Where an axis of an input lies.
    struct Place: Equatable {
        let entry: Int
        /// The input's elements for one of the axis.
        let scale: Ratio

        /// A part of the axis in the input's elements; the last one may be a part of an element, which the input does not have.
        func range(_ part: Range<Int>) -> Range<Int> {
            part.lowerBound * scale.numerator / scale.denominator..<part.upperBound * scale.numerator / scale.denominator
        }
    }

    /// The axes, in the order of the first input.
    let entries: [Entry]
    /// By the package's input, where each of its axes lies; `nil` for those that are not cut.
    let places: [String: [Place?]]
    /// By the package's output, the axis that each of its axes follows.
    let outputAxes: [String: [Int?]]
    /// By the network's input, which of its tensor axes are `entries`.
    let imageAxes: [String: [Int]]
    /// Why the sample must go through in one window; `nil` if it may be cut.
    let obstacle: String?
    /// Why what counts tensor axes cannot work on the sample; `nil` if all inputs have the order batch, channel, space.
    let orderObstacle: String?

    /// About the largest extent of a window about which the graph is asked, and the smallest of those that are tried where that is too much.
    static let probeExtent = 1024, leastProbeExtent = 16

    private let ports: [(name: String, input: String, shape: [Int])]

    /// The inputs that are given, in the package's order.
    var inputs: [String] { ports.map(\.input) }

    /// - Parameter shapes: the extents of all inputs that are given, by the package's names.
    init(_ package: ModelPackage, _ network: Network, shapes: [String: [Int]]) throws(InferenceError) {
        try self.init(package, package.ports(of: network), shapes: shapes)
    }

    /// The same for the inputs of a network of which only the structure is known.
    init(
        _ package: ModelPackage, _ matched: [(input: TensorDescription, port: Port)], shapes: [String: [Int]]
    ) throws(InferenceError) {
        let given = matched.filter { shapes[$0.input.id] != nil }
        var grids = SampleGrids(package, shapes)
        for (input, port) in given { try grids.add(input, port) }
        entries = grids.entries
        places = grids.places
        ports = given.map { ($0.port.name, $0.input.id, shapes[$0.input.id] ?? []) }
        outputAxes = [String: [Int?]](
            package.outputs.map { output in (output.id, grids.entries(of: output)) }
        ) { first, _ in first }
        let axes = package.imageAxes(of: matched)
        imageAxes = axes?.places ?? [:]
        let isShared = axes?.ids == grids.entries.map(\.id)
        obstacle = isShared ? grids.raggedInput ?? SampleAxes.obstacle(package, tiled: grids.entries.map(\.id)) : grids.strangers
        orderObstacle = SampleAxes.orderObstacle(package)
    }

    /// The shapes of the network's inputs, by port, for a window.
    func shapes(window: [Int]) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for port in ports {
            shapes[port.name] = zip(places[port.input] ?? [], port.shape).map { place, extent in
                place.map { $0.range(0..<window[$0.entry]).count } ?? extent
            }
        }
        return shapes
    }

    /// A window in words: its extents, by input where there are several.
    func words(window: [Int]) -> String {
        guard ports.count > 1 else { return "\(window) elements" }
        let shapes = shapes(window: window)
        return ports.map { "\($0.input) \((shapes[$0.name] ?? []).map(String.init).joined(separator: " x "))" }.joined(separator: ", ")
    }

    /// The extents of a moderate window that the network takes, for questions about the graph: as far beyond multiples of the
    /// strides as the padded image, so that what is true of it is true of the image.
    ///
    /// - Parameter most: about the largest extent, where the network takes others.
    func probe(_ strides: [Int], most: Int = probeExtent) -> [Int] {
        zip(entries, strides).map { entry, stride in
            switch entry.sizes {
            case .fixed(let size): return size
            case .stepped(let least, let step):
                let padded = entry.paddedExtent, enough = max(least, most)
                return padded <= enough ? padded : padded - roundDown(padded - enough, leastCommonMultiple(stride, max(1, step)))
            }
        }
    }

    /// The extents of the next larger and the next smaller window of the same kind, along some of the axes.
    func neighbours(of probe: [Int], _ strides: [Int], along axes: [Int]) -> [[Int]] {
        let units = entries.indices.map { index -> Int in
            guard axes.contains(index), case .stepped(_, let step) = entries[index].sizes else { return 0 }
            return leastCommonMultiple(strides[index], max(1, step))
        }
        guard units.contains(where: { $0 > 0 }) else { return [] }
        return [zip(probe, units).map { $0 + $1 }, zip(probe, units).map { $0 > $1 ? $0 - $1 : $0 }]
    }

    private static func obstacle(_ package: ModelPackage, tiled: [String]) -> String? {
        for output in package.outputs {
            for id in tiled where !output.axisIDs.contains(id) { return "the output \(output.id) has no axis \(id)" }
        }
        return nil
    }

    private static func orderObstacle(_ package: ModelPackage) -> String? {
        let images = package.inputs.filter(\.hasPlaces)
        for input in images {
            let kinds = input.axes.map(\.kind)
            guard kinds.prefix(2) == [.batch, .channel], kinds.dropFirst(2).allSatisfy({ $0 == .space || $0 == .time }) else {
                return "the axes of \(input.id) are not in the order batch, channel, space"
            }
            guard input.axisIDs.dropFirst(2) == images[0].axisIDs.dropFirst(2) else { return "the inputs have different axes" }
        }
        return nil
    }
}

extension SampleAxes.Entry {
    /// The least extent that the network takes and that covers the sample.
    var paddedExtent: Int {
        switch sizes {
        case .fixed(let size): max(extent, size)
        case .stepped(let least, let step): least + roundUp(max(0, extent - least), max(1, step))
        }
    }

    /// Whether the extents that the network sees are multiples of a unit, or can be made so.
    func isWhole(_ unit: Int) -> Bool {
        if case .fixed(let size) = sizes { size % unit == 0 } else { paddedExtent % unit == 0 }
    }
}
