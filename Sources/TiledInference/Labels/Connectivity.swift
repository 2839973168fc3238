internal import ModelPackages

/// Which neighbours of a pixel belong together: those that differ by one step along at most this many axes.
public struct Connectivity: Sendable, Hashable {
    /// 1 for faces (4 neighbours in 2-D, 6 in 3-D), 2 also for edges (8, 18), 3 also for corners (26).
    public let order: Int

    /// Neighbours that share a face: 4 in 2-D, 6 in 3-D.
    public static let faces = Connectivity(order: 1)

    private init(order: Int) {
        self.order = order
    }

    /// Reads the number of neighbours: 4 or 8 in 2-D, 6, 18 or 26 in 3-D; `nil` for other numbers.
    public init?(neighbours: Int) {
        switch neighbours {
        case 4, 6: order = 1
        case 8, 18: order = 2
        case 26: order = 3
        default: return nil
        }
    }

    init(_ node: DescriptionNode) throws(PackageError) {
        guard let connectivity = Connectivity(neighbours: try node.int()) else {
            throw node.fault(found: "found \(node.summary)", remedy: "write 4 or 8 for images, 6, 18 or 26 for stacks")
        }
        self = connectivity
    }
}
