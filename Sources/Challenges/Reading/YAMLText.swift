/// The characters of a YAML file, and repairs of what would stop the parser.
///
/// A repair puts one character in the place of one, so that lines and columns stay. Stand-ins are private-use characters, which a
/// file may not contain.
struct YAMLText {
    private(set) var scalars: [Unicode.Scalar]
    /// The true names of keys that were renamed because they stand twice, by place.
    private(set) var renamed: [Place: String] = [:]
    /// The keys of lines that were blanked.
    private(set) var lostKeys: Set<String> = []

    // For the brackets of a zoned time, and for the first character of each key that stands twice.
    private static let openBracket: Unicode.Scalar = "\u{F8F0}"
    private static let closeBracket: Unicode.Scalar = "\u{F8F1}"
    private static let secondKeys: [Unicode.Scalar] = (0xF8A0...0xF8BF).compactMap(Unicode.Scalar.init)
    private static let standIns: ClosedRange<Unicode.Scalar> = "\u{F8A0}"..."\u{F8F1}"

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    }

    /// The text for the parser.
    var string: String { String(String.UnicodeScalarView(scalars)) }

    /// Whether a text holds a character that is used as a stand-in.
    static func holdsStandIn(_ text: String) -> Bool { text.unicodeScalars.contains { standIns.contains($0) } }

    /// A text of the parser with the brackets of times put back.
    static func withBrackets(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { view.append(scalar == openBracket ? "[" : scalar == closeBracket ? "]" : scalar) }
        return String(view)
    }

    // MARK: Places

    /// Counts lines as the parser does: LF, CR, CR LF, NEL, LS and PS end a line.
    private static func advance(_ place: inout Place, over scalar: Unicode.Scalar, previous: Unicode.Scalar) {
        if scalar == "\n", previous == "\r" { return }
        if isLineBreak(scalar) {
            place = Place(line: place.line + 1, column: 1)
        } else {
            place.column += 1
        }
    }

    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar == "\r" || scalar == "\u{85}" || scalar == "\u{2028}" || scalar == "\u{2029}"
    }

    /// The place behind the first characters of a text.
    static func place(ofCharacter offset: Int, in text: String) -> Place {
        var place = Place(line: 1, column: 1)
        var previous: Unicode.Scalar = " "
        for scalar in text.prefix(offset).unicodeScalars {
            advance(&place, over: scalar, previous: previous)
            previous = scalar
        }
        return place
    }

    private func index(of wanted: Place) -> Int? {
        var place = Place(line: 1, column: 1)
        var previous: Unicode.Scalar = " "
        for (index, scalar) in scalars.enumerated() {
            if place == wanted, !(scalar == "\n" && previous == "\r") { return index }
            if place.line > wanted.line { return nil }
            Self.advance(&place, over: scalar, previous: previous)
            previous = scalar
        }
        return nil
    }

    // MARK: Aliases

    /// The place of an alias whose anchor exists in the text.
    ///
    /// Looks at the characters only, so it may find one inside a text; it never misses a real one, which is what counts:
    /// the parser compares keys, and comparing nested aliases takes exponential time.
    var firstAlias: Place? {
        var anchors: Set<String> = []
        var aliases: [(name: String, place: Place)] = []
        var place = Place(line: 1, column: 1)
        var previous: Unicode.Scalar = "\n"
        for (index, scalar) in scalars.enumerated() {
            if scalar == "&" || scalar == "*", Self.isLineBreak(previous) || " \t[{,:?-".unicodeScalars.contains(previous) {
                let name = scalars[(index + 1)...].prefix(256).prefix { Self.isWordCharacter($0) }
                if !name.isEmpty {
                    let text = String(String.UnicodeScalarView(name))
                    if scalar == "&" { anchors.insert(text) } else { aliases.append((text, place)) }
                }
            }
            Self.advance(&place, over: scalar, previous: previous)
            previous = scalar
        }
        return aliases.first { anchors.contains($0.name) }?.place
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }

    // MARK: Repairs

    /// Gives the key at a place another first character; `false` if there is no plain or quoted key, or too many were renamed.
    mutating func renameKey(at place: Place) -> Bool {
        guard var index = index(of: place), renamed.count < Self.secondKeys.count else { return false }
        var isEnd: (Unicode.Scalar) -> Bool = { $0 == ":" || $0 == "," || $0 == "}" || Self.isLineBreak($0) }
        if scalars[index] == "\"" || scalars[index] == "'" {
            let quote = scalars[index]
            isEnd = { $0 == quote || Self.isLineBreak($0) }
            index += 1
        }
        let key = scalars[index...].prefix { !isEnd($0) }
        guard let first = key.first, !"!?[{\\|>".unicodeScalars.contains(first) else { return false }
        var name = String(String.UnicodeScalarView(key))
        while name.hasSuffix(" ") { name.removeLast() }
        scalars[index] = Self.secondKeys[renamed.count]
        renamed[place] = name
        return true
    }

    /// Replaces the brackets of every `…T09:00[Zone]` by stand-ins; `false` if there is none.
    ///
    /// Inside { } and [ ] a text without quotes ends at a bracket, so that such a time stops the parser.
    mutating func hideZoneBrackets() -> Bool {
        var found = false
        for index in scalars.indices where scalars[index] == "[" && index >= 16 {
            let isMinutes = scalars[index - 6] == "T" && Self.isClock(scalars[(index - 5)..<index])
            let isSeconds = scalars[index - 9] == "T" && Self.isClock(scalars[(index - 8)..<index])
            guard isMinutes || isSeconds else { continue }
            let zone = scalars[(index + 1)...].prefix(64).prefix { Self.isWordCharacter($0) || $0 == "/" || $0 == "+" }
            guard !zone.isEmpty, zone.endIndex < scalars.endIndex, scalars[zone.endIndex] == "]" else { continue }
            scalars[index] = Self.openBracket
            scalars[zone.endIndex] = Self.closeBracket
            found = true
        }
        return found
    }

    private static func isClock(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        scalars.allSatisfy { ("0"..."9").contains($0) || $0 == ":" }
    }

    /// Blanks a line that holds one key with its value and nothing else, and keeps the key in mind; `false` for any other line.
    ///
    /// Other lines carry structure; without them what follows would be taken for something else.
    mutating func blankLine(_ line: Int) -> Bool {
        guard let start = index(of: Place(line: line, column: 1)) else { return false }
        let content = scalars[start...].prefix { !Self.isLineBreak($0) }
        let key = content.drop { $0 == " " || $0 == "\t" }.prefix { Self.isWordCharacter($0) }
        let value = content[key.endIndex...].drop { $0 == " " }
        guard !key.isEmpty, value.first == ":", value.dropFirst().contains(where: { $0 != " " && $0 != "\t" }) else { return false }
        lostKeys.insert(String(String.UnicodeScalarView(key)))
        for index in content.indices { scalars[index] = " " }
        return true
    }
}
