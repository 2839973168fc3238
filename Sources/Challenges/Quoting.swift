/// How texts of a file appear in messages.
enum Quoting {
    /// The text between back quotes, cut after 60 characters, with control and direction characters made visible.
    static func quoted(_ text: String) -> String { "`\(visible(text))`" }

    /// The text without quotes.
    static func visible(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(60) {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 60 ? result + "…" : result
    }

    /// `a, b or c`, each in back quotes.
    static func choice(_ words: [String]) -> String {
        let quotedWords = words.map { "`\($0)`" }
        guard let last = quotedWords.last, quotedWords.count > 1 else { return quotedWords.first ?? "" }
        return quotedWords.dropLast().joined(separator: ", ") + " or " + last
    }
}
