/// Texts that stand for "to be filled in".
enum Placeholder {
    private static let words: Set<String> = [
        "", "…", "...", "?", "??", "???", "-", "--", "todo", "tbd", "tba", "fixme", "xxx", "fill in", "fill me in", "n/a", "na",
    ]

    /// Whether a text says nothing: empty, a placeholder word, or something in angle brackets such as `<your title>`.
    static func isOne(_ text: String) -> Bool {
        var trimmed = Substring(text)
        while let first = trimmed.first, first.isWhitespace { trimmed.removeFirst() }
        while let last = trimmed.last, last.isWhitespace { trimmed.removeLast() }
        return words.contains(trimmed.lowercased()) || (trimmed.hasPrefix("<") && trimmed.hasSuffix(">"))
    }
}
