/// Text of unknown origin on its way into HTML or SVG.
///
/// Names and titles come from strangers. Everything here works on Unicode scalars, because an escape that looks at
/// characters misses a quote that carries a combining mark: HTML sees the quote, the character comparison does not.
public enum MarkupText {
    /// Makes what cannot be seen visible: control characters, direction overrides, zero-width characters and further
    /// combining marks after the third are written as their code, such as `⟨U+202E⟩`; tab and line feed become spaces.
    ///
    /// In the result each of `< > & " '` is a character of its own, so that an escape by characters is complete too.
    public static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = ""
        for character in text {
            let scalars = character.unicodeScalars
            let isMixed = scalars.count > 1 && scalars.contains { special.contains($0) }
            var marks = 0
            for (index, scalar) in scalars.enumerated() {
                switch scalar.properties.generalCategory {
                case .control where scalar == "\n" || scalar == "\t":
                    result.unicodeScalars.append(" ")
                case .control, .lineSeparator, .paragraphSeparator:
                    result += code(scalar)
                case .format where scalar != "\u{200C}" && scalar != "\u{200D}":
                    result += code(scalar)
                case .nonspacingMark, .enclosingMark, .spacingMark:
                    marks += 1
                    if index == 0 || marks > 3 || isMixed { result += code(scalar) } else { result.unicodeScalars.append(scalar) }
                default:
                    if isMixed && !special.contains(scalar) {
                        result += code(scalar)
                    } else {
                        result.unicodeScalars.append(scalar)
                    }
                }
            }
        }
        return result
    }

    /// `visible(text)`, with the five characters that mean something in HTML and SVG replaced by references.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in visible(text).unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// At most `count` characters of the visible text; a cut is shown by an ellipsis.
    public static func shortened(_ text: String, to count: Int) -> String {
        let head = text.prefix(count + 1)
        let shown = visible(String(head))
        if head.count <= count && shown.count <= count { return shown }
        return String(shown.prefix(max(1, count - 1))) + "…"
    }

    private static let special: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]

    private static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
    }
}
