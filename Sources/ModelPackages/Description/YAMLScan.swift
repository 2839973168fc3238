/// A look at the bytes of a YAML file before the parser sees them.
///
/// The parser recurses once for each level of nesting and resolves aliases while it composes; both are bounded here, since
/// afterwards it is too late. The look is cautious: it may count brackets and indentation that stand inside a text.
enum YAMLScan {
    /// Deeper lines or brackets than this are refused before parsing; `DescriptionLimits.depth` is checked exactly afterwards.
    static let nestingBeforeParsing = 400

    static func refuseCostly(_ bytes: [UInt8], file: String, limits: DescriptionLimits) throws(PackageError) {
        var line = 1
        var open = 0
        var leading = 0
        var isLeading = true
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                leading = 0
                isLeading = true
            case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"):
                if isLeading { leading += 1 }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                open += 1
                isLeading = false
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                open = max(0, open - 1)
                isLeading = false
            default: isLeading = false
            }
            guard open <= nestingBeforeParsing, leading <= nestingBeforeParsing else {
                throw PackageError(
                    .tooLarge, file: file, line: line, found: "lists and mappings are nested too deeply, or a line is indented too far",
                    remedy: "write a flatter file")
            }
        }
        let uses = aliasUses(bytes)
        guard uses <= limits.aliases else {
            throw PackageError(
                .tooLarge, file: file, found: "\(uses) aliases (`*name`)", remedy: "use at most \(limits.aliases), write values out")
        }
    }

    /// How often a `*name` stands for which there is an `&name`.
    private static func aliasUses(_ bytes: [UInt8]) -> Int {
        let anchors = Set(names(after: UInt8(ascii: "&"), in: bytes))
        guard !anchors.isEmpty else { return 0 }
        return names(after: UInt8(ascii: "*"), in: bytes).count { anchors.contains($0) }
    }

    private static func names(after mark: UInt8, in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var found: [ArraySlice<UInt8>] = []
        for index in bytes.indices where bytes[index] == mark {
            let name = bytes[(index + 1)...].prefix { isNameByte($0) }
            if !name.isEmpty { found.append(name) }
        }
        return found
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || byte == 0x5F || byte == 0x2D
    }
}
