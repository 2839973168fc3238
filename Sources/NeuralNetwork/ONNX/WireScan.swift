/// Walks an ONNX file before it is decoded, without reading its weights.
///
/// Records are counted, so that a small file cannot become a large object: a record of two bytes takes hundreds in memory. What is
/// left is the file without the elements of its weights and without what no run needs; that part is bounded and decoded.
struct WireScan {
    /// What a walk leaves.
    struct Skeleton {
        /// The file without the elements of its larger weights.
        var bytes: [UInt8] = []
        /// For each of the graph's initializers, in the file's order, where its elements lie; `nil` if they are in `bytes`.
        var elements: [StoredElements?] = []
        /// Where the elements of a larger tensor lie that is an attribute, by the number of its node in the graph.
        var attributes: [Int: StoredElements] = [:]
    }

    /// Elements of more bytes stay in the file; packed ones, which become eight times as many, from fewer on.
    private static func smallElements(_ form: StoredElements.Form) -> Int { form.isPacked ? 1 << 8 : 1 << 10 }
    /// The nesting of the graph that is no part of a node.
    private static let graphDepth = 1
    /// The nesting of its initializers, and of tensors that are attributes of its nodes.
    private static let weightDepths = [graphDepth + 1, graphDepth + 3]
    /// The deepest nesting of messages; each graph within a graph takes three.
    private static let deepest = 32
    /// The most bytes of packed numbers that are no elements of larger weights; they become eight times as many.
    private static let mostPackedBytes = 1 << 20

    private var window: ByteWindow
    private let limits: NetworkLimits
    private var skeleton = Skeleton()
    private var records = 0, nodes = 0, outerNodes = 0, attributes = 0, tensors = 0
    private var packedBytes = 0, keptBytes = 0
    /// Whether the walk is in the body of one of the model's functions, whose tensors are kept.
    private var isInFunction = false

    /// Checks that a file is a sequence of whole fields within the limits.
    static func skeleton(of source: ByteSource, limits: NetworkLimits) throws(NetworkError) -> Skeleton {
        var scan = WireScan(window: ByteWindow(source), limits: limits)
        scan.skeleton.bytes = try scan.walk(.model, 0..<source.count, depth: 0)
        return scan.skeleton
    }

    private init(window: ByteWindow, limits: NetworkLimits) {
        self.window = window
        self.limits = limits
    }

    /// Whether tensors of this depth are weights whose elements stay in the file.
    private func isWeight(_ depth: Int) -> Bool { !isInFunction && WireScan.weightDepths.contains(depth) }

    /// The fields of a message that are kept, those of messages within it too.
    private mutating func walk(_ message: WireMessage, _ range: Range<Int>, depth: Int) throws(NetworkError) -> [UInt8] {
        guard depth <= WireScan.deepest else { throw NetworkError(.limit, "graphs lie deeper within graphs than the core reads") }
        var kept: [UInt8] = []
        var position = range.lowerBound
        var ownAttributes = 0, ownTensors = 0
        var elements: StoredElements?
        while position < range.upperBound {
            let start = position
            let key = try varint(&position, end: range.upperBound)
            try count(record: start)
            switch key & 7 {
            case 0: _ = try varint(&position, end: range.upperBound)
            case 1: position += 8
            case 5: position += 4
            case 2:
                let length = try varint(&position, end: range.upperBound)
                guard length <= UInt64(range.upperBound - position) else {
                    throw truncated(at: start, "a field of \(length) bytes where \(range.upperBound - position) are left")
                }
                let body = position..<position + Int(length), field = key >> 3
                position = body.upperBound
                if let nested = message.nested(in: field) {
                    if nested == .attribute { ownAttributes += 1 }
                    if nested == .node, message == .graph, depth == WireScan.graphDepth { outerNodes += 1 }
                    if message == .model { isInFunction = nested == .function }
                    if nested == .tensor { ownTensors += 1 }
                    guard message != .attribute || ownTensors < 2 else { throw truncated(at: start, "a second tensor of one attribute") }
                    try count(nested, ownAttributes)
                    let inner = try walk(nested, body, depth: depth + 1)
                    WireScan.append(key, inner, to: &kept)
                } else if isWeight(depth), let form = message.elements(field),
                    body.count > WireScan.smallElements(form)
                {
                    // Of raw and listed elements, the raw ones count, as everywhere.
                    guard elements?.form != form else {
                        throw NetworkError(.unsupported, "a weight at byte \(start) lies in pieces; save the model anew")
                    }
                    if elements?.form != .raw { elements = StoredElements(form: form, bytes: body) }
                } else {
                    if message.isPacked(field) { try count(packed: body.count) }
                    try keep(body, message.keeping(field), key, &kept)
                }
                continue
            default: throw truncated(at: start, "a field of the unknown wire type \(key & 7)")
            }
            guard position <= range.upperBound else { throw truncated(at: start, "a number that goes beyond its record") }
            try window.append(start..<position, to: &kept)
        }
        if message == .tensor {
            let isInitializer = depth == WireScan.graphDepth + 1
            if isInitializer { skeleton.elements.append(elements) } else { try keep(elements, depth: depth) }
        }
        return kept
    }

    /// Notes the elements of an attribute's tensor.
    private mutating func keep(_ elements: StoredElements?, depth: Int) throws(NetworkError) {
        guard let elements, isWeight(depth) else { return }
        guard skeleton.attributes.updateValue(elements, forKey: outerNodes - 1) == nil else {
            throw NetworkError(.unsupported, "node #\(outerNodes - 1) has two large tensors as attributes; no operator does")
        }
    }

    private mutating func keep(
        _ body: Range<Int>, _ keeping: WireMessage.Keeping, _ key: UInt64, _ kept: inout [UInt8]
    ) throws(NetworkError) {
        switch keeping {
        case .dropped: return
        case .marked: WireScan.append(key, [], to: &kept)
        case .whole:
            keptBytes += body.count
            guard keptBytes <= limits.maxGraphBytes else {
                throw NetworkError(
                    .limit,
                    "the graph has more than \(limits.maxGraphBytes) bytes of names, attributes and listed numbers; keep large numbers in "
                        + "initializers with raw data")
            }
            WireScan.append(key, count: body.count, to: &kept)
            try window.append(body, to: &kept)
        }
    }

    private static func append(_ key: UInt64, _ body: [UInt8], to kept: inout [UInt8]) {
        append(key, count: body.count, to: &kept)
        kept += body
    }

    private static func append(_ key: UInt64, count: Int, to kept: inout [UInt8]) {
        for value in [key, UInt64(count)] {
            var rest = value
            while rest > 127 {
                kept.append(UInt8(truncatingIfNeeded: rest) | 128)
                rest >>= 7
            }
            kept.append(UInt8(rest))
        }
    }

    private mutating func varint(_ position: inout Int, end: Int) throws(NetworkError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw truncated(at: start, "a number that goes beyond its record") }
            let byte = try window.byte(position)
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

extension WireScan {
    private mutating func count(record start: Int) throws(NetworkError) {
        records += 1
        guard records <= limits.maxRecords else {
            throw NetworkError(
                .limit, "the file holds more than \(limits.maxRecords) records up to its byte \(start); a network of that size is not read")
        }
    }

    private mutating func count(_ message: WireMessage, _ ownAttributes: Int) throws(NetworkError) {
        switch message {
        case .node:
            nodes += 1
            guard nodes <= limits.maxNodes else {
                throw NetworkError(.limit, "the graph has more than \(limits.maxNodes) nodes; a network of that size is not read")
            }
        case .attribute:
            attributes += 1
            guard ownAttributes <= limits.maxAttributes, attributes <= 8 * limits.maxNodes else {
                throw NetworkError(
                    .limit,
                    "node #\(nodes - 1) has more than \(limits.maxAttributes) attributes, or all nodes more than \(8 * limits.maxNodes)")
            }
        case .tensor:
            tensors += 1
            guard tensors <= 2 * limits.maxNodes else {
                throw NetworkError(.limit, "the file holds more than \(2 * limits.maxNodes) weights; a network of that size is not read")
            }
        default: break
        }
    }

    private mutating func count(packed length: Int) throws(NetworkError) {
        packedBytes += length
        guard packedBytes <= WireScan.mostPackedBytes else {
            throw NetworkError(
                .limit,
                "the file lists more than \(WireScan.mostPackedBytes) bytes of whole numbers outside of the graph's weights; "
                    + "keep them in initializers")
        }
    }
}
