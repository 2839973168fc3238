/// What evidence may cost, so that a hostile prediction or file cannot take the scorer's memory.
public struct EvidenceLimits: Sendable, Equatable {
    /// Objects of one image.
    public var objects: Int
    /// Pairs of labels that occur, background included.
    public var cells: Int
    /// Bytes of a stored evidence.
    public var jsonBytes: Int

    /// 4,194,304 objects an image, 8,388,608 pairs, 512 MiB of JSON.
    public static let standard = EvidenceLimits(objects: 1 << 22, cells: 1 << 23, jsonBytes: 1 << 29)

    /// Sets each limit.
    public init(objects: Int, cells: Int, jsonBytes: Int) {
        self.objects = objects
        self.cells = cells
        self.jsonBytes = jsonBytes
    }
}
