/// What a program wrote to an output stream: the first and the last bytes, and how many there were.
public struct CapturedLog: Sendable, Equatable {
    /// The first bytes, up to the limit.
    public private(set) var head: [UInt8] = []
    /// The last bytes, up to the limit, where there were more than `head` holds.
    public private(set) var tail: [UInt8] = []
    /// How many bytes the program wrote.
    public private(set) var totalBytes = 0
    private let limit: Int

    /// An empty log that keeps `limit` bytes at each end.
    public init(limit: Int) {
        self.limit = limit
    }

    /// How many bytes between start and end were dropped.
    public var droppedBytes: Int { totalBytes - head.count - tail.count }

    /// Adds what was read.
    public mutating func append(_ bytes: [UInt8]) {
        totalBytes += bytes.count
        let toHead = min(limit - head.count, bytes.count)
        head += bytes.prefix(toHead)
        tail += bytes.dropFirst(toHead)
        // Trimmed now and then only, so that a flood costs no copy per read.
        if tail.count > 2 * limit { tail.removeFirst(tail.count - limit) }
    }

    /// Ends the capture: the tail is cut to the limit.
    mutating func finish() {
        if tail.count > limit { tail.removeFirst(tail.count - limit) }
    }

    /// The log for people: harmless text, and a line of ours where bytes were dropped.
    public var text: String {
        if tail.isEmpty && droppedBytes == 0 { return HarmlessText.of(head) }
        if droppedBytes == 0 { return HarmlessText.of(head + tail) }
        return HarmlessText.of(head) + "\n[\(droppedBytes) bytes left out]\n" + HarmlessText.of(tail)
    }
}
