internal import ModelPackages

/// Which neighbours of a pixel belong together: those that differ by one step along at most this many axes.
public struct Connectivity: Sendable, Hashable {
    /// 1 for faces (4 neighbours in 2-D, 6 in 3-D), 2 also for edges (8, 18), 3 also for corners (26).
    public let order: Int
    /// The number of space axes for which it was given as a number of neighbours; `nil` for any.
    private let spaces: Int?

    /// Neighbours that share a face: 4 in 2-D, 6 in 3-D.
    public static let faces = Connectivity(order: 1)

    private init(order: Int) {
        self.order = order
        spaces = nil
    }

    /// Those with the same neighbours are equal, however they were given.
    public static func == (one: Connectivity, other: Connectivity) -> Bool { one.order == other.order }

    /// By the neighbours.
    public func hash(into hasher: inout Hasher) { hasher.combine(order) }

    /// Why these are no neighbours in images of 2 or stacks of 3 space axes; `nil` if they are.
    func fault(spaces: Int) -> (found: String, remedy: String)? {
        guard let own = self.spaces, own != spaces else { return nil }
        return spaces == 2
            ? ("a connectivity of stacks for an output of 2 space axes", "write `connectivity: 4` or `connectivity: 8`")
            : ("a connectivity of images for an output of \(spaces) space axes", "write `connectivity: 6`, `18` or `26`")
    }

    /// Reads the number of neighbours: 4 or 8 in 2-D, 6, 18 or 26 in 3-D; `nil` for other numbers.
    public init?(neighbours: Int) {
        switch neighbours {
        case 4, 6: order = 1
        case 8, 18: order = 2
        case 26: order = 3
        default: return nil
        }
        spaces = neighbours < 6 || neighbours == 8 ? 2 : 3
    }

    init(_ node: DescriptionNode) throws(PackageError) {
        guard let connectivity = Connectivity(neighbours: try node.int()) else {
            throw node.fault(found: "found \(node.summary)", remedy: "write 4 or 8 for images, 6, 18 or 26 for stacks")
        }
        self = connectivity
    }
}
