import Records

/// A part of a Zarr's metadata and where it stands, for messages.
struct ZarrJSON {
    let value: JSONValue
    let place: String
    private let folder: ZarrFolder

    init(_ bytes: [UInt8], name: String, folder: ZarrFolder) throws(ImageError) {
        do {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(bytes: 1 << 26, depth: 32, values: 1 << 20))
        } catch {
            throw folder.error(.malformed, "\(name): \(error)")
        }
        place = name
        self.folder = folder
    }

    private init(_ value: JSONValue, _ place: String, _ folder: ZarrFolder) {
        self.value = value
        self.place = place
        self.folder = folder
    }

    /// A member; `nil` where it is missing or null.
    subscript(key: String) -> ZarrJSON? {
        guard let member = value[key], member != .null else { return nil }
        return ZarrJSON(member, "\(place) \(key)", folder)
    }

    func required(_ key: String) throws(ImageError) -> ZarrJSON {
        guard let member = self[key] else { throw folder.error(.malformed, "\(place): `\(key)` is missing.") }
        return member
    }

    func text() throws(ImageError) -> String {
        guard case .string(let text) = value else { throw wrong("a text") }
        return text
    }

    func integer(in range: ClosedRange<Int>) throws(ImageError) -> Int {
        guard case .integer(let number) = value, let result = Int(exactly: number), range.contains(result) else {
            throw wrong("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return result
    }

    func number() throws(ImageError) -> Double {
        switch value {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        default: throw wrong("a number")
        }
    }

    func list() throws(ImageError) -> [ZarrJSON] {
        guard case .array(let elements) = value else { throw wrong("a list") }
        return elements.enumerated().map { ZarrJSON($0.element, "\(place)[\($0.offset)]", folder) }
    }

    func integers(in range: ClosedRange<Int>) throws(ImageError) -> [Int] {
        var result: [Int] = []
        for element in try list() { result.append(try element.integer(in: range)) }
        return result
    }

    /// The error that this part is not what it should be.
    func wrong(_ expected: String, _ kind: ImageError.Kind = .malformed) -> ImageError {
        let found: String =
            switch value {
            case .string(let text): "\"\(text.prefix(60))\""
            case .integer(let number): "\(number)"
            case .number(let number): "\(number)"
            default: value.kind
            }
        return folder.error(kind, "\(place) is \(found); expected \(expected).")
    }
}
