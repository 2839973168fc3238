/// Text broken into lines for a terminal.
enum Paragraph {
    /// Lines of at most `width` characters, each with `indent` spaces in front; words are never cut.
    static func wrapped(_ text: String, indent: Int = 0, width: Int = Terminal.columns) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, indent + line.count + 1 + word.count > width {
                lines.append(margin + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        if !line.isEmpty { lines.append(margin + line) }
        return lines.joined(separator: "\n")
    }
}
