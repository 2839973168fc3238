/// How an image went through a network.
public enum TilingWay: String, Sendable, Codable {
    /// In one window.
    case whole
    /// In tiles with all the context that results depend on.
    case tiles
    /// Statistics of the whole image first, in passes of tiles; then tiles with context.
    case statistics
    /// In windows with the declared halo.
    case windows
    /// In overlapping windows whose results are averaged by weights, or that are mirrored.
    case blended
}
