public import NeuralNetwork

/// The operators by which a network mixes the images of a batch: results of several images at once are then not those of each alone,
/// which is how Concours runs them.
public struct BatchMixers: Sendable, Equatable {
    /// As `node name (OpType)`; empty where each image goes by itself, where there is room for one only, and where that cannot be told.
    public let names: [String]

    /// - Parameters:
    ///   - shapes: the extents of the network's inputs for one image, by its names.
    ///   - axes: by input, which of its tensor axes is the batch; those that the network fixes do not count.
    public init(_ network: Network, shapes: [String: [Int]], axes: [String: Int]) {
        var shapes = shapes, free: [String: Int] = [:]
        for port in network.inputs {
            guard let axis = axes[port.name], shapes[port.name]?.indices.contains(axis) == true else { continue }
            if port.shape.indices.contains(axis), case .fixed = port.shape[axis] { continue }
            shapes[port.name]?[axis] = 2
            free[port.name] = axis
        }
        // A network that refuses two images is one for each alone.
        names = free.isEmpty ? [] : (try? network.batchMixers(inputShapes: shapes, batchAxes: free)) ?? []
    }

    /// The same for a package; a batch that its description fixes does not count.
    public init(_ package: ModelPackage, _ network: Network, shapes: [String: [Int]]) {
        var axes: [String: Int] = [:]
        for (input, port) in package.ports(of: network) {
            axes[port.name] = input.axes.firstIndex { $0.kind == .batch && $0.size == .any }
        }
        self.init(network, shapes: shapes, axes: axes)
    }

    /// What a check says; `nil` if there are none.
    public var warning: String? {
        words.map {
            "\($0): Concours runs each image by itself, others that run several at once get other values. If the model is meant for one "
                + "image at a time, fix its batch to 1"
        }
    }

    /// What a run of several samples says; `nil` if there are none.
    public func note(samples: Int) -> String? {
        words.map { "\($0): each of the \(samples) samples went through by itself, in a batch they would get other values" }
    }

    private var words: String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
        return "as far as its graph tells, the network mixes the images of a batch by \(shown)"
    }
}
