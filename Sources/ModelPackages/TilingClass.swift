/// What the graph of a network allows those who tile.
public enum TilingClass: String, Sendable, Codable {
    /// Results depend on what is near: tiles give what the whole image gives.
    case local
    /// Some operator sees all of some axis of the image, or cuts, pads, scales or computes by its extents.
    case global
    /// The network takes windows of one extent only, and sees more than such a window has around its middle.
    case windowed

    /// - Parameters:
    ///   - seesAll: whether results depend on the whole image.
    ///   - hasWindow: whether the network takes one extent only along some axis.
    ///   - isNarrow: whether such a window has no middle that sees all it depends on.
    public init(seesAll: Bool, hasWindow: Bool, isNarrow: Bool) {
        if hasWindow, seesAll || isNarrow { self = .windowed } else { self = seesAll ? .global : .local }
    }
}
