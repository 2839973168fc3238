internal import Yams

extension DescriptionNode {
    /// Reads a YAML text.
    ///
    /// Refused: more bytes, nesting, aliases or values than `limits` says, a key that stands twice, a key that is not a
    /// scalar, more than one document. Merge keys (`<<`) are ordinary keys.
    /// - Parameters:
    ///   - bytes: the file's content, UTF-8, with or without a byte order mark.
    ///   - file: the name that messages show.
    public static func read(_ bytes: [UInt8], file: String, limits: DescriptionLimits = .init()) throws(PackageError) -> DescriptionNode {
        guard bytes.count <= limits.bytes else {
            throw PackageError(
                .tooLarge, file: file, found: "the file has \(bytes.count) bytes", remedy: "keep it below \(limits.bytes) bytes")
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let wrong = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw PackageError(
                .syntax, file: file, line: wrong.map { $0 + 1 }, found: "the file is not UTF-8 text", remedy: "save it as UTF-8")
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        try YAMLScan.refuseCostly(bytes, file: file, limits: limits)
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw syntaxError(error, file: file)
        }
        guard let root else { throw PackageError(.syntax, file: file, line: 1, found: "the file is empty", remedy: "write a mapping") }
        var remaining = limits.values
        return try convert(root, file: file, field: "", line: 1, depth: limits.depth, remaining: &remaining)
    }

    private static func convert(
        _ node: Node, file: String, field: String, line: Int, depth: Int, remaining: inout Int
    ) throws(PackageError) -> DescriptionNode {
        let line = node.mark?.line ?? line
        remaining -= 1
        guard remaining >= 0 else {
            throw PackageError(.tooLarge, file: file, line: line, field: field, found: "too many values", remedy: "write a shorter file")
        }
        let content: Content
        switch node {
        case .scalar(let scalar):
            content = .scalar(text: scalar.string, isQuoted: scalar.style != .plain)
        case .sequence(let sequence):
            guard depth > 0 else { throw tooDeep(file, line, field) }
            var items: [DescriptionNode] = []
            for (index, item) in sequence.enumerated() {
                let place = "\(field)[\(index)]"
                items.append(try convert(item, file: file, field: place, line: line, depth: depth - 1, remaining: &remaining))
            }
            content = .list(items)
        case .mapping(let mapping):
            guard depth > 0 else { throw tooDeep(file, line, field) }
            var pairs: [(key: String, value: DescriptionNode)] = []
            for (key, value) in mapping {
                guard case .scalar(let keyText) = key else {
                    throw PackageError(
                        .wrongType, file: file, line: key.mark?.line ?? line, field: field, found: "a key is a list or a mapping",
                        remedy: "write a text as key")
                }
                let place = field.isEmpty ? keyText.string : "\(field).\(keyText.string)"
                let keyLine = keyText.mark?.line ?? line
                let item = try convert(value, file: file, field: place, line: keyLine, depth: depth - 1, remaining: &remaining)
                pairs.append((keyText.string, item))
            }
            content = .mapping(pairs)
        case .alias:
            throw PackageError(
                .syntax, file: file, line: line, field: field, found: "an alias was left open", remedy: "write the value out")
        }
        return DescriptionNode(file: file, line: line, field: field, content: content)
    }

    private static func tooDeep(_ file: String, _ line: Int, _ field: String) -> PackageError {
        PackageError(
            .tooLarge, file: file, line: line, field: String(field.prefix(80)), found: "lists and mappings are nested too deeply",
            remedy: "write a flatter file")
    }

    private static func syntaxError(_ error: any Error, file: String) -> PackageError {
        let remedy = "correct the YAML"
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return PackageError(.syntax, file: file, line: mark.line, found: problem, remedy: remedy)
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "`\($0)`" }.joined(separator: ", ")
            return PackageError(
                .syntax, file: file, line: context.mark.line, found: "the key \(names) stands twice", remedy: "keep one of them")
        case YamlError.reader(let problem, let offset, let value, let yaml):
            let line = offset.map { yaml.prefix($0).count { $0.isNewline } + 1 }
            let character = value >= 0 ? " (the character U+\(hexadecimal(value)))" : ""
            return PackageError(
                .syntax, file: file, line: line, found: "\(problem)\(character)", remedy: "take it out, or save the file as UTF-8")
        default:
            return PackageError(.syntax, file: file, found: "the file cannot be read as YAML", remedy: remedy)
        }
    }

    /// At least four digits.
    private static func hexadecimal(_ value: Int32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
