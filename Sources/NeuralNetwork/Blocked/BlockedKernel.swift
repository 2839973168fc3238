/// How a convolution is computed on channel blocks.
enum BlockedKernel: Hashable {
    /// Winograd's algorithm in the plane, with tiles of an edge.
    case winograd(edge: Int)
    /// Place by place, from blocks.
    case direct
    /// Place by place, from a plain image of few channels.
    case directFromPlain
    /// Few channels to as many, in groups that lie within a block.
    case grouped

    /// Whether the kernel applies an activation itself.
    func takes(_ activation: FusedActivation) -> Bool {
        if case .winograd = self { !activation.isSmooth } else { true }
    }
}
