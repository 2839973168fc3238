/// Walks the bytes of an ONNX file before they are decoded and counts its records, so that a small file cannot become
/// a large object: a record of two bytes takes hundreds in memory.
struct WireScan {
    /// The messages that are walked; a field that leads to none is only counted.
    private enum Message {
        case model, graph, node, attribute, tensor, valueInfo, type, tensorType, shape

        func nested(in field: UInt64) -> Message? {
            switch (self, field) {
            case (.model, 7): .graph
            case (.graph, 1): .node
            case (.graph, 5), (.attribute, 5): .tensor
            case (.attribute, 6): .graph
            case (.graph, 11), (.graph, 12): .valueInfo
            case (.node, 5): .attribute
            case (.valueInfo, 2): .type
            case (.type, 1): .tensorType
            case (.tensorType, 2): .shape
            default: nil
            }
        }

        /// Fields whose bytes are packed numbers, which take eight times their room in memory.
        func isPacked(_ field: UInt64) -> Bool {
            switch (self, field) {
            case (.tensor, 1), (.tensor, 5), (.tensor, 7), (.tensor, 11), (.attribute, 8): true
            default: false
            }
        }
    }

    private let bytes: [UInt8]
    private let limits: NetworkLimits
    private var records = 0
    private var nodes = 0
    private var packedBytes = 0

    /// Checks that the file is a sequence of whole fields within the limits.
    static func check(_ bytes: [UInt8], limits: NetworkLimits) throws(NetworkError) {
        var scan = WireScan(bytes: bytes, limits: limits)
        try scan.walk(.model, 0..<bytes.count, depth: 0)
    }

    private init(bytes: [UInt8], limits: NetworkLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// The deepest nesting of messages; each graph within a graph takes three.
    private static let deepest = 32

    private mutating func walk(_ message: Message, _ range: Range<Int>, depth: Int) throws(NetworkError) {
        guard depth <= WireScan.deepest else { throw NetworkError(.limit, "graphs lie deeper within graphs than the core reads") }
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            let key = try varint(&position, end: range.upperBound)
            records += 1
            guard records <= limits.maxRecords else {
                throw NetworkError(.limit, "the file holds more than \(limits.maxRecords) records; a network of that size is not read")
            }
            switch key & 7 {
            case 0: _ = try varint(&position, end: range.upperBound)
            case 1: position += 8
            case 5: position += 4
            case 2:
                let length = try varint(&position, end: range.upperBound)
                guard length <= UInt64(range.upperBound - position) else {
                    throw truncated(at: start, "a field of \(length) bytes where \(range.upperBound - position) are left")
                }
                let body = position..<position + Int(length)
                if let nested = message.nested(in: key >> 3) {
                    try count(nested)
                    try walk(nested, body, depth: depth + 1)
                } else if message.isPacked(key >> 3) {
                    try count(packed: body.count)
                }
                position = body.upperBound
            default: throw truncated(at: start, "a field of the unknown wire type \(key & 7)")
            }
            guard position <= range.upperBound else { throw truncated(at: start, "a number that goes beyond its record") }
        }
    }

    private mutating func count(_ message: Message) throws(NetworkError) {
        guard message == .node else { return }
        nodes += 1
        guard nodes <= limits.maxNodes else {
            throw NetworkError(.limit, "the graph has more than \(limits.maxNodes) nodes; a network of that size is not read")
        }
    }

    private mutating func count(packed length: Int) throws(NetworkError) {
        packedBytes += length
        guard packedBytes <= limits.maxTensorBytes / 8 else {
            throw NetworkError(.limit, "the file holds more than \(limits.maxTensorBytes / 8) bytes of packed numbers")
        }
    }

    private func varint(_ position: inout Int, end: Int) throws(NetworkError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw truncated(at: start, "a number that goes beyond its record") }
            let byte = bytes[position]
            position += 1
            value |= shift < 64 ? UInt64(byte & 127) << shift : 0
            if byte < 128 { return value }
        }
        throw truncated(at: start, "a number of more than ten bytes")
    }

    private func truncated(at position: Int, _ what: String) -> NetworkError {
        NetworkError(.malformed, "not an ONNX file, or cut off: byte \(position) starts \(what)")
    }
}
