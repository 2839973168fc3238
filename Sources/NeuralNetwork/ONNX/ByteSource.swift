/// The bytes of a model's file: in memory, or in an open file of which only what is asked for is read.
///
/// Files of strangers are judged by their structure first; weights are read when everything else is found to be right.
public struct ByteSource: Sendable {
    /// The number of bytes.
    public let count: Int
    /// All bytes, where they are in memory.
    let memory: [UInt8]?
    private let fill: @Sendable (_ start: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Bool

    /// Bytes in memory.
    public init(_ bytes: [UInt8]) {
        count = bytes.count
        memory = bytes
        fill = { start, buffer in
            bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[start..<start + buffer.count])) }
            return true
        }
    }

    /// Bytes elsewhere.
    ///
    /// - Parameter fill: fills a buffer with the bytes from a place on; only asked for places below `count`. False if it cannot.
    public init(count: Int, fill: @escaping @Sendable (_ start: Int, _ buffer: UnsafeMutableRawBufferPointer) -> Bool) {
        self.count = count
        memory = nil
        self.fill = fill
    }

    /// The first bytes, at most so many.
    public func head(_ most: Int) throws(NetworkError) -> [UInt8] { try bytes(0..<min(count, most)) }

    /// Fills a buffer with the bytes from a place on.
    func copy(from start: Int, into buffer: UnsafeMutableRawBufferPointer) throws(NetworkError) {
        guard start >= 0, buffer.count <= count - start, buffer.isEmpty || fill(start, buffer) else {
            throw NetworkError(.malformed, "\(buffer.count) bytes from byte \(start) on cannot be read; the file ended early")
        }
    }

    /// The bytes of a range.
    func bytes(_ range: Range<Int>) throws(NetworkError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var failure: NetworkError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(NetworkError) { try copy(from: range.lowerBound, into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Reads a source byte by byte through a window, so that what is skipped is never read.
struct ByteWindow {
    private static let width = 1 << 14

    private let source: ByteSource
    private var window: [UInt8] = []
    private var start = 0

    init(_ source: ByteSource) {
        self.source = source
        window = source.memory ?? []
    }

    /// The number of bytes of the source.
    var count: Int { source.count }

    /// The byte at a place below `count`.
    @inline(__always)
    mutating func byte(_ place: Int) throws(NetworkError) -> UInt8 {
        if place < start || place - start >= window.count { try move(to: place) }
        return window[place - start]
    }

    /// Adds the bytes of a range to others.
    mutating func append(_ range: Range<Int>, to bytes: inout [UInt8]) throws(NetworkError) {
        guard range.count <= ByteWindow.width || source.memory != nil else {
            bytes += try source.bytes(range)
            return
        }
        if range.isEmpty { return }
        if range.lowerBound < start || range.upperBound - start > window.count { try move(to: range.lowerBound) }
        bytes += window[range.lowerBound - start..<range.upperBound - start]
    }

    private mutating func move(to place: Int) throws(NetworkError) {
        window = try source.bytes(place..<min(source.count, place + ByteWindow.width))
        start = place
    }
}
