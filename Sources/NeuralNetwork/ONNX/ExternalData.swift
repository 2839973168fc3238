/// The bytes of weights that lie in a second file beside an ONNX file.
///
/// The graph says for each tensor the file's name, where it begins and how long it is; names of other files, places outside of the
/// bytes and tensors that share bytes are refused.
/// Source: ONNX, "External data" (`TensorProto.external_data`).
public struct ExternalData: Sendable {
    /// The name by which the graph calls the file.
    public let location: String
    /// The file's content.
    public let source: ByteSource

    /// Names the bytes.
    public init(location: String, source: ByteSource) {
        self.location = location
        self.source = source
    }
}

/// Finds the bytes of external tensors.
struct ExternalDataReader {
    private let data: ExternalData?
    private var taken: [Range<Int>] = []

    init(_ data: ExternalData?) { self.data = data }

    /// The tensor, if it lies in the second file; `nil` if it holds its elements itself.
    mutating func tensor(_ proto: ONNXTensorProto, place: String, limits: NetworkLimits) throws(NetworkError) -> StoredTensor? {
        guard let data, proto.dataLocation == 1, proto.rawData.isEmpty else { return nil }
        var entries: [String: String] = [:]
        for bytes in proto.externalData {
            let (key, value) = try Self.entry(Array(bytes), place)
            entries[key] = value
        }
        var location = entries["location"] ?? ""
        while location.hasPrefix("./") { location.removeFirst(2) }
        guard location == data.location else {
            throw NetworkError(
                .elsewhere,
                "\(place) lies in '\(location.prefix(80))'; only the declared '\(data.location)' is read. Name the file that the graph names, "
                    + "in a package as `external_data: {source: …}` under `onnx`, or save the model as one file")
        }
        let offset = try Self.number(entries["offset"] ?? "0", "offset", place)
        let length = try entries["length"].map { (text) throws(NetworkError) in try Self.number(text, "length", place) }
        guard offset <= data.source.count, length ?? 0 <= data.source.count - offset else {
            throw NetworkError(
                .malformed,
                "\(place) lies at byte \(offset)\(length.map { ", \($0) bytes long" } ?? ""); '\(data.location)' has \(data.source.count) bytes"
            )
        }
        let range = offset..<(length.map { offset + $0 } ?? data.source.count)
        taken.append(range)
        let (type, shape) = try TensorReader.form(proto, place: place, limits: limits)
        return try StoredTensor(type, shape, in: data.source, at: range, place: place)
    }

    /// Refuses tensors that share bytes; asked at the end.
    func checkOverlaps() throws(NetworkError) {
        let sorted = taken.filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
        for (first, second) in zip(sorted, sorted.dropFirst()) where second.lowerBound < first.upperBound {
            throw NetworkError(
                .malformed, "two tensors share the bytes from \(second.lowerBound) on of '\(data?.location ?? "")'; save the model anew")
        }
    }

    private static func number(_ text: String, _ key: String, _ place: String) throws(NetworkError) -> Int {
        guard text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(text) else {
            throw NetworkError(.malformed, "\(place) has the \(key) '\(text.prefix(40))'; expected a whole number from 0")
        }
        return number
    }

    /// A `StringStringEntryProto`: key and value, each of less than 16 KiB.
    private static func entry(_ bytes: [UInt8], _ place: String) throws(NetworkError) -> (key: String, value: String) {
        var texts = ["", ""]
        var position = 0
        while position < bytes.count {
            let field = Int(bytes[position] >> 3)
            var length = 0
            var digits = 1
            guard bytes[position] & 7 == 2, (1...2).contains(field), position + 1 < bytes.count else { throw broken(place) }
            length = Int(bytes[position + 1] & 127)
            if bytes[position + 1] >= 128 {
                guard position + 2 < bytes.count, bytes[position + 2] < 128 else { throw broken(place) }
                length |= Int(bytes[position + 2]) << 7
                digits = 2
            }
            let start = position + 1 + digits
            guard start + length <= bytes.count else { throw broken(place) }
            texts[field - 1] = String(decoding: bytes[start..<start + length], as: UTF8.self)
            position = start + length
        }
        return (texts[0], texts[1])
    }

    private static func broken(_ place: String) -> NetworkError {
        NetworkError(.malformed, "\(place) says where its data lies in a way that does not decode")
    }
}
