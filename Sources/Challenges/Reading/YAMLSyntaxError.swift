import Yams

/// What the YAML parser says, in words for the organiser.
struct YAMLSyntaxError {
    /// The message with its place.
    var diagnostic: Diagnostic
    /// The line that probably has to be mended: where a quote or bracket was opened, else where the parser stopped.
    var line: Int?

    init(_ error: any Error, file: String) {
        var problem = "text that cannot be read"
        var place: Place?
        var begun: Place?
        switch error {
        case YamlError.scanner(let context, let words, let mark, _), YamlError.parser(let context, let words, let mark, _),
            YamlError.composer(let context, let words, let mark, _):
            problem = words
            place = Place(line: mark.line, column: mark.column)
            if let context, context.text.contains("flow") || context.text.contains("quoted") {
                begun = Place(line: context.mark.line, column: context.mark.column)
                problem += " (\(context.text), begun in line \(context.mark.line))"
            }
        case YamlError.reader(let words, let offset, _, let yaml):
            problem = words
            place = offset.map { YAMLText.place(ofCharacter: $0, in: yaml) }
        case YamlError.memory: problem = "nesting that is too deep"
        default: break
        }
        // A quote that is never closed is noticed at the end of the file; its beginning helps more.
        if problem.contains("end of stream"), let begun { place = begun }
        line = begun?.line ?? place?.line
        diagnostic = Diagnostic(
            file: file, line: place?.line, column: place?.column, found: "what is not YAML: \(problem)", write: Self.advice(problem))
    }

    private static func advice(_ problem: String) -> String {
        let advices = [
            ("quoted scalar", "close the quotes; inside double quotes write \\\\ for a backslash"),
            ("flow", "close each [ and {, separate with commas, and put texts that hold , [ ] { } in quotes"),
            (
                "mapping values are not allowed",
                "put a text that holds `: ` in quotes, such as `\"not applicable: reason\"`, or mend the indentation"
            ),
            ("cannot start any token", "indent with blanks, not with tabs, and put texts that begin with a special character in quotes"),
            ("alias", "put a text that begins with * in quotes"),
            ("another document", "write one document; remove the line `---`"),
        ]
        return advices.first { problem.contains($0.0) }?.1
            ?? "write `key: value` lines, indented with blanks alike; a text that holds `: ` or ` #` goes in quotes"
    }
}
