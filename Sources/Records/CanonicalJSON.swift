/// Values of our own types to canonical JSON (RFC 8785) and back.
///
/// Every record, evidence file and list that has a digest is written this way, so that equal values have equal bytes on any
/// machine. `nil` members are left out. Sets, and dictionaries whose keys are neither texts nor integers, have no order and
/// are refused on writing; a member that the type does not know is refused on reading, so that nothing is silently dropped.
public enum CanonicalJSON {
    /// The canonical bytes of a value.
    public static func encode(_ value: some Encodable) throws(RecordsError) -> [UInt8] {
        try json(of: value).canonicalBytes()
    }

    /// A value as a JSON document.
    public static func json(of value: some Encodable) throws(RecordsError) -> JSONValue {
        do {
            return try JSONValueEncoder.json(of: value)
        } catch let error as RecordsError {
            throw error
        } catch EncodingError.invalidValue(let value, let context) {
            throw .notEncodable(
                place: JSONPlace.text(context.codingPath), found: "a value of type \(type(of: value))", expected: context.debugDescription)
        } catch {
            throw .notEncodable(place: "the document", found: "\(error)", expected: "a value that JSON can hold")
        }
    }

    /// Reads a value from bytes that need not be canonical but must be strict JSON within the limits.
    ///
    /// - Parameter allowsUnknownMembers: whether members that the type never asks for are skipped; otherwise they are errors.
    public static func decode<T: Decodable>(
        _ type: T.Type, from bytes: [UInt8], limits: JSONLimits = JSONLimits(), allowsUnknownMembers: Bool = false
    ) throws(RecordsError) -> T {
        try decode(type, from: JSONValue(parsing: bytes, limits: limits), allowsUnknownMembers: allowsUnknownMembers)
    }

    /// Reads a value from a document.
    ///
    /// - Parameter allowsUnknownMembers: whether members that the type never asks for are skipped; otherwise they are errors.
    public static func decode<T: Decodable>(
        _ type: T.Type, from json: JSONValue, allowsUnknownMembers: Bool = false
    ) throws(RecordsError) -> T {
        do {
            return try JSONValueDecoder.decode(type, from: json, allowsUnknownMembers: allowsUnknownMembers)
        } catch let error as RecordsError {
            throw error
        } catch let error as DecodingError {
            throw mismatch(error)
        } catch {
            throw .mismatch(place: "the document", found: "\(error)", expected: "a value of type \(type)")
        }
    }

    private static func mismatch(_ error: DecodingError) -> RecordsError {
        switch error {
        case .dataCorrupted(let context):
            .mismatch(place: JSONPlace.text(context.codingPath), found: context.debugDescription, expected: "a value of the type")
        case .keyNotFound(let key, let context):
            .mismatch(place: JSONPlace.text(context.codingPath), found: "no member “\(key.stringValue)”", expected: "this member")
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            .mismatch(
                place: JSONPlace.text(context.codingPath), found: context.debugDescription, expected: "a value of type \(type)")
        @unknown default:
            .mismatch(place: "the document", found: "\(error)", expected: "a value of the type")
        }
    }
}
