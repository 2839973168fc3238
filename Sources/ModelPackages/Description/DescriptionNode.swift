/// A value of a YAML description together with its place, so that every complaint names file, line and field.
///
/// Scalars are typed by the YAML 1.2 core schema: `true`, `3`, `0.5`, `null` written without quotes are not text, `no` is text.
public struct DescriptionNode: Sendable {
    /// What the value is.
    public enum Content: Sendable {
        case scalar(text: String, isQuoted: Bool)
        case list([DescriptionNode])
        case mapping([(key: String, value: DescriptionNode)])
    }

    /// The file's name, as messages show it.
    public let file: String
    /// The line on which the value starts, counted from 1.
    public let line: Int
    /// The way to the value, such as `inputs[0].axes[2].size`; empty for the whole file.
    public let field: String
    /// The value.
    public let content: Content

    /// Makes a value; used by the reader and by those who build parameters in code.
    public init(file: String, line: Int, field: String, content: Content) {
        self.file = file
        self.line = line
        self.field = field
        self.content = content
    }

    /// An error at this place.
    public func fault(_ code: PackageError.Code = .invalidValue, found: String, remedy: String) -> PackageError {
        PackageError(code, file: file, line: line, field: field, found: found, remedy: remedy)
    }

    /// A short rendering for messages: text cut at 60 characters, or what kind of collection it is.
    public var summary: String {
        switch content {
        case .scalar(let text, let isQuoted):
            let cut = text.count > 60 ? text.prefix(60) + "…" : Substring(text)
            return isQuoted || text.isEmpty ? "\"\(cut)\"" : "`\(cut)`"
        case .list(let items): return "a list of \(items.count)"
        case .mapping(let pairs): return "a mapping of \(pairs.count)"
        }
    }

    /// Whether the value is `null`, `~` or empty.
    public var isNull: Bool {
        if case .scalar(let text, false) = content { ["", "~", "null", "Null", "NULL"].contains(text) } else { false }
    }

    /// Whether the value is a list.
    public var isList: Bool { if case .list = content { true } else { false } }

    /// Whether the value is a mapping.
    public var isMapping: Bool { if case .mapping = content { true } else { false } }
}

extension DescriptionNode {
    /// The value of a key; `nil` if the key is absent, its value is null, or this is not a mapping.
    public subscript(key: String) -> DescriptionNode? {
        guard case .mapping(let pairs) = content, let value = pairs.first(where: { $0.key == key })?.value else { return nil }
        return value.isNull ? nil : value
    }

    /// The value of a key that must be there.
    public func required(_ key: String) throws(PackageError) -> DescriptionNode {
        guard isMapping else { throw fault(.wrongType, found: "found \(summary)", remedy: "write a mapping with the key `\(key)`") }
        guard let value = self[key] else { throw fault(.missing, found: "`\(key)` is missing", remedy: "write `\(key): …`") }
        return value
    }

    /// The pairs of a mapping, in the order of the file.
    public func pairs() throws(PackageError) -> [(key: String, value: DescriptionNode)] {
        guard case .mapping(let pairs) = content else { throw fault(.wrongType, found: "found \(summary)", remedy: "write a mapping") }
        return pairs
    }

    /// The entries of a list.
    public func list() throws(PackageError) -> [DescriptionNode] {
        guard case .list(let items) = content else { throw fault(.wrongType, found: "found \(summary)", remedy: "write a list") }
        return items
    }

    /// The text of a scalar as it stands in the file, whatever its type.
    public func text() throws(PackageError) -> String {
        guard case .scalar(let text, _) = content, !isNull else {
            throw fault(.wrongType, found: "found \(summary)", remedy: "write a text")
        }
        return text
    }

    /// A text; numbers and truth values without quotes are not text.
    public func string() throws(PackageError) -> String {
        guard case .scalar(let text, let isQuoted) = content, isQuoted || (!isNull && plainBool == nil && plainDouble == nil) else {
            throw fault(.wrongType, found: "found \(summary)", remedy: "write a text (in quotes if it looks like a number)")
        }
        return text
    }

    /// A whole number.
    public func int() throws(PackageError) -> Int {
        guard let value = plainInt else { throw fault(.wrongType, found: "found \(summary)", remedy: "write a whole number") }
        return value
    }

    /// A whole number that is not below `least`.
    public func int(atLeast least: Int) throws(PackageError) -> Int {
        let value = try int()
        guard value >= least else { throw fault(found: "found \(value)", remedy: "write a whole number of at least \(least)") }
        return value
    }

    /// A whole number within limits.
    public func int(in range: ClosedRange<Int>) throws(PackageError) -> Int {
        let value = try int()
        guard range.contains(value) else {
            throw fault(found: "found \(value)", remedy: "write a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A finite number.
    public func double() throws(PackageError) -> Double {
        guard let value = plainDouble, value.isFinite else {
            throw fault(.wrongType, found: "found \(summary)", remedy: "write a finite number")
        }
        return value
    }

    /// `true` or `false`.
    public func bool() throws(PackageError) -> Bool {
        guard let value = plainBool else {
            throw fault(.wrongType, found: "found \(summary)", remedy: "write `true` or `false`")
        }
        return value
    }

    /// Refuses keys that are not in the list; for mappings whose keys are closed.
    public func refuseKeys(except known: [String]) throws(PackageError) {
        for (key, value) in try pairs() where !known.contains(key) {
            throw PackageError(
                .invalidValue, file: file, line: value.line, field: field.isEmpty ? key : "\(field).\(key)",
                found: "`\(key)` is not known here",
                remedy: known.isEmpty
                    ? "leave it out: there is nothing to choose" : "use \(known.map { "`\($0)`" }.joined(separator: ", "))")
        }
    }
}

extension DescriptionNode {
    private var plainText: String? {
        if case .scalar(let text, false) = content { text } else { nil }
    }

    private var plainBool: Bool? {
        switch plainText {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// A whole number as YAML 1.2 has them: decimal, with or without a sign, or digits after `0x` or `0o`.
    private var plainInt: Int? {
        guard let text = plainText else { return nil }
        if text.hasPrefix("0x") { return plainInt(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return plainInt(text.dropFirst(2), radix: 8) }
        return Int(text)
    }

    private func plainInt(_ digits: Substring, radix: Int) -> Int? {
        digits.first?.isHexDigit == true ? Int(digits, radix: radix) : nil
    }

    private var plainDouble: Double? {
        guard let text = plainText else { return nil }
        if let whole = plainInt { return Double(whole) }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: break
        }
        // `Double(String)` also takes "inf", "nan" and hexadecimal floats, which YAML calls text.
        guard text.utf8.contains(where: { $0 >= 0x30 && $0 <= 0x39 }),
            text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || "+-.eE".utf8.contains($0) })
        else { return nil }
        return Double(text)
    }
}
