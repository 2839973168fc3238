/// The extents of a network's input as they stand on a command line: `1,1,512,512`, or with the input's name `mask=1,1,512,512`.
public struct InputExtents: Sendable, Equatable {
    /// The input's name; `nil` for the next one.
    public let input: String?
    /// The extents, slowest first, each at least 1.
    public let extents: [Int]

    /// Reads the text; `nil` if it is none. Names may hold equals signs.
    public init?(_ text: String) {
        let place = text.lastIndex(of: "=")
        let numbers = text[(place.map { text.index(after: $0) } ?? text.startIndex)...]
        let parts = numbers.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        extents = parts.compactMap(\.self)
        guard extents.count == parts.count, extents.allSatisfy({ $0 > 0 }), place != text.startIndex else { return nil }
        input = place.map { String(text[..<$0]) }
    }

    /// As it was written.
    public var text: String { (input.map { $0 + "=" } ?? "") + extents.map(String.init).joined(separator: ",") }
}
