import Yams

/// Reads a YAML file into `YAMLValue`s, within limits, and names every duplicated key.
///
/// Limits: 1 MiB, 24 levels, 20,000 values, no anchors and aliases (a few lines of them can stand for gigabytes).
struct YAMLDocument {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 24
    static let maximumValues = 20_000

    let file: String
    private(set) var root: YAMLValue?
    private(set) var diagnostics: [Diagnostic] = []
    /// Keys of lines that could not be read; that they are missing is no further mistake.
    private(set) var lostKeys: Set<String> = []
    private var valueCount = 0
    private var isOverLimit = false

    init(bytes: [UInt8], file: String) {
        self.file = file
        guard let decoded = decode(bytes) else { return }
        var text = YAMLText(decoded)
        if let place = text.firstAlias {
            report(
                place, found: "an alias (`*name`) of an anchor (`&name`)",
                write: "write the value out; anchors and aliases are not read here")
            return
        }
        guard let node = compose(&text) else { return }
        lostKeys = text.lostKeys
        root = value(of: node, depth: 1, renamed: text.renamed)
    }

    // MARK: Bytes to characters

    private mutating func decode(_ bytes: [UInt8]) -> String? {
        guard bytes.count <= Self.maximumBytes else {
            report(nil, found: "\(bytes.count) bytes", write: "write at most \(Self.maximumBytes) bytes (1 MiB)")
            return nil
        }
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            guard let text = String(validating: part, as: UTF8.self) else {
                report(Place(line: line, column: 1), found: "bytes that are not UTF-8", write: "save the file as UTF-8")
                return nil
            }
            // The parser takes a NUL for the end of the file.
            if part.contains(where: { $0 < 32 && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }) {
                report(Place(line: line, column: 1), found: "a control character", write: "save the file as plain text in UTF-8")
                return nil
            }
            if YAMLText.holdsStandIn(text) {
                report(Place(line: line, column: 1), found: "a private-use character", write: "write letters that everybody can read")
                return nil
            }
            line += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Characters to nodes

    /// Parses; whatever stops the parser and can be repaired is reported, repaired and parsed again, to find the rest as well.
    private mutating func compose(_ text: inout YAMLText) -> Node? {
        var unquotedTime: Diagnostic?
        var hidesBrackets = false
        // Every round repairs something that cannot come again, and each kind of repair has an end of its own below this bound.
        for _ in 0..<64 {
            do {
                // The encoding is given, because the parser's default asks the environment; plain resolving keeps texts as they are.
                let node = try Parser(yaml: text.string, resolver: .basic, encoding: .utf8).singleRoot()
                if let unquotedTime { reportUnquotedTime(unquotedTime) }
                if node == nil {
                    report(nil, found: "an empty file", write: "describe the challenge; `concours challenge new` makes a start")
                }
                return node
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                let place = Place(line: context.mark.line, column: context.mark.column)
                guard text.renameKey(at: place) else {
                    report(place, found: "a key that stands twice in one mapping, and many more", write: "keep one of each")
                    return nil
                }
            } catch {
                let failure = YAMLSyntaxError(error, file: file)
                if !hidesBrackets {
                    hidesBrackets = true
                    if text.hideZoneBrackets() {
                        unquotedTime = failure.diagnostic
                        continue
                    }
                }
                if let time = unquotedTime, time.line != failure.diagnostic.line { reportUnquotedTime(time) }
                unquotedTime = nil
                diagnostics.append(failure.diagnostic)
                guard let line = failure.line, text.blankLine(line) else { return nil }
            }
        }
        return nil
    }

    private mutating func reportUnquotedTime(_ failure: Diagnostic) {
        diagnostics.append(
            Diagnostic(
                file: file, line: failure.line, column: failure.column, severity: .warning,
                found: "a time with its [zone] inside { } or [ ] without quotes, which only we can read",
                write: "write it in quotes, such as \"2026-12-01T09:00[Europe/Berlin]\", so that every YAML reader can"))
    }

    // MARK: Nodes to values

    private mutating func value(of node: Node, depth: Int, renamed: [Place: String]) -> YAMLValue? {
        let place = node.mark.map { Place(line: $0.line, column: $0.column) } ?? Place(line: 1, column: 1)
        valueCount += 1
        guard depth <= Self.maximumDepth, valueCount <= Self.maximumValues else {
            if !isOverLimit {
                report(
                    place, found: "more than \(Self.maximumDepth) levels or \(Self.maximumValues) values",
                    write: "write fewer; what follows was not read")
            }
            isOverLimit = true
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return YAMLValue(place: place, content: .text(Self.text(of: scalar)))
        case .sequence(let sequence):
            var items: [YAMLValue] = []
            for item in sequence {
                guard let item = value(of: item, depth: depth + 1, renamed: renamed) else { continue }
                items.append(item)
            }
            return YAMLValue(place: place, content: .list(items))
        case .mapping(let mapping):
            return YAMLValue(place: place, content: .mapping(pairs(of: mapping, depth: depth, renamed: renamed)))
        case .alias:
            report(place, found: "an alias", write: "write the value out")
            return nil
        }
    }

    private mutating func pairs(of mapping: Node.Mapping, depth: Int, renamed: [Place: String]) -> [YAMLPair] {
        var pairs: [YAMLPair] = []
        for (key, value) in mapping {
            let place = key.mark.map { Place(line: $0.line, column: $0.column) } ?? Place(line: 1, column: 1)
            guard case .scalar(let scalar) = key else {
                report(place, found: "a key that is not a word", write: "write `key: value`")
                continue
            }
            let name = renamed[place] ?? Self.text(of: scalar)
            guard let value = self.value(of: value, depth: depth + 1, renamed: renamed) else { continue }
            pairs.append(YAMLPair(key: name, place: place, value: value))
        }
        var first: [String: Place] = [:]
        return pairs.filter { pair in
            guard let earlier = first[pair.key] else {
                first[pair.key] = pair.place
                return true
            }
            report(
                pair.place, found: "the key \(Quoting.quoted(pair.key)) a second time (first in line \(earlier.line))",
                write: "keep one of them")
            return false
        }
    }

    private static func text(of scalar: Node.Scalar) -> String {
        let isPlain = scalar.style == .plain || scalar.style == .any
        if isPlain, scalar.string == "~" || scalar.string == "null" { return "" }
        return YAMLText.withBrackets(scalar.string)
    }

    private mutating func report(_ place: Place?, found: String, write: String) {
        diagnostics.append(Diagnostic(file: file, line: place?.line, column: place?.column, found: found, write: write))
    }
}
