import Challenges
import Testing

@Suite("Hostile and broken YAML")
struct HostileYAMLTests {
    private func diagnostics(_ text: String) -> [Diagnostic] { Sample.read(text).diagnostics }

    @Test("A file over 1 MiB is refused before it is parsed")
    func size() {
        let found = diagnostics("a: " + String(repeating: "x", count: 1 << 20))
        #expect(found.map(\.text) == ["challenge.yaml: found 1048579 bytes; write at most 1048576 bytes (1 MiB)"])
    }

    @Test("Aliases are refused, so a bomb of them never unfolds")
    func aliases() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        for level in 1..<24 {
            bomb += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ") + "]\n"
        }
        #expect(diagnostics(bomb).map(\.line) == [2, 2])
        #expect(diagnostics(bomb).map(\.severity) == [.error, .warning])
        #expect(diagnostics(bomb + "? *a23\n: x\n? *a22\n: y\n").first?.found.contains("an alias") == true)
        // A bomb as a key, where already comparing it would take for ever, in the shortest spelling.
        #expect(diagnostics("{a: &a [x],b: &b [*a,*a],?*b : 1,? *b : 2}").first?.found.contains("an alias") == true)
    }

    @Test("Stars and ampersands in texts are only texts")
    func starsInTexts() {
        let text = Sample.changed("summary: Find every nucleus", to: "summary: Find R&D *every* nucleus & more")
        #expect(diagnostics(text).isEmpty)
    }

    @Test("Deep nesting ends with a message, whatever its kind", arguments: [30, 500, 5000, 100_000])
    func depth(levels: Int) {
        for text in [
            String(repeating: "[", count: levels), String(repeating: "[", count: levels) + String(repeating: "]", count: levels),
            "a: " + String(repeating: "{a: ", count: levels) + "1" + String(repeating: "}", count: levels),
            String(repeating: "- ", count: levels) + "x",
        ] {
            #expect(!diagnostics(text).isEmpty)
        }
    }

    @Test("A file is read up to 1 MiB, 24 levels and 20,000 values")
    func limits() {
        func isOver(_ text: String) -> Bool {
            diagnostics(text).contains { $0.found.contains("20000 values") || $0.found.hasSuffix(" bytes") }
        }
        let long = "a: " + String(repeating: "x", count: 1 << 20 - 3)
        #expect(!isOver(long) && isOver(long + "x"))
        func nested(_ levels: Int) -> String { "a: " + String(repeating: "[", count: levels) + "1" + String(repeating: "]", count: levels) }
        #expect(!isOver(nested(20)) && isOver(nested(26)))
        func list(_ count: Int) -> String { "a: [" + String(repeating: "1,", count: count) + "]" }
        #expect(!isOver(list(19_900)) && isOver(list(20_001)))
    }

    @Test("Too many values end with a message")
    func manyValues() {
        let found = diagnostics("a: [" + String(repeating: "1,", count: 100_000) + "]")
        #expect(found.contains { $0.found.contains("20000 values") })
    }

    @Test("Every duplicated key is named, and the rest is still checked")
    func duplicates() {
        var text = Sample.changed("id: nuclei\n", to: "id: nuclei\nid: other\n\"id\": third\n")
        text = Sample.changed("  wall: 60s\n", to: "  wall: 60s\n  wall: 61s\n", in: text)
        text = Sample.changed("memory: 2GiB", to: "memory: 2", in: text)
        text = Sample.changed("quota: {submissions: 3, per: 7d}", to: "quota: {submissions: 3, per: 7d, per: 8d}", in: text)
        let found = diagnostics(text)
        #expect(
            found.map(\.text) == [
                "challenge.yaml:4: found the key `id` a second time (first in line 3); keep one of them",
                "challenge.yaml:5: found the key `id` a second time (first in line 3); keep one of them",
                "challenge.yaml:36: found the key `per` a second time (first in line 36); keep one of them",
                "challenge.yaml:40: found the key `wall` a second time (first in line 39); keep one of them",
                "challenge.yaml:42: found `memory: 2` without a unit; write `memory: 2GiB` if that is meant "
                    + "(units: KiB, MiB, GiB, TiB, kB, MB, GB, TB, B)",
            ])
    }

    @Test(
        "What the parser says comes with its line",
        arguments: [
            ("concours: 1\n\tid: x\n", 2), ("a: 'open\nb: 2\n", 1), ("- a: [1, 2\nb: 3\n", 2), ("a: 1\n b: 2\n", 2), ("a: \"\\q\"\n", 1),
            ("a: 1\n--- \nb: 2\n", 2), ("key: *nothing\n", 1), ("a: b: c\n", 1), ("%YAML 9.9\n---\na: 1\n", 1),
        ])
    func parserMessages(text: String, line: Int) {
        let found = diagnostics(text).filter { $0.found.hasPrefix("what is not YAML: ") }
        #expect(found.map(\.line) == [line], "\(diagnostics(text).map(\.text))")
        #expect(found.first?.severity == .error)
    }

    @Test("Lines that are no YAML are named, and the rest is still checked")
    func recovery() {
        var text = Sample.changed("  wall: 60s\n", to: "\twall: 60s\n")
        text = Sample.changed("awards: \"not applicable: it is an example\"", to: "awards: not applicable: it is an example", in: text)
        text = Sample.changed("title: Nuclei in microscopy", to: "title: 'Nuclei in microscopy", in: text)
        text = Sample.changed("memory: 2GiB", to: "memory: 2", in: text)
        text = Sample.changed("id: nuclei\n", to: "id: nuclei\nid: cells\n", in: text)
        let found = diagnostics(text)
        #expect(
            found.map(\.text) == [
                "challenge.yaml:4: found the key `id` a second time (first in line 3); keep one of them",
                "challenge.yaml:5: found what is not YAML: found unexpected end of stream (while scanning a quoted scalar, begun in line 5); "
                    + "close the quotes; inside double quotes write \\\\ for a backslash",
                "challenge.yaml:38: found what is not YAML: found character that cannot start any token; "
                    + "indent with blanks, not with tabs, and put texts that begin with a special character in quotes",
                "challenge.yaml:40: found `memory: 2` without a unit; write `memory: 2GiB` if that is meant "
                    + "(units: KiB, MiB, GiB, TiB, kB, MB, GB, TB, B)",
                "challenge.yaml:67: found what is not YAML: mapping values are not allowed in this context; "
                    + "put a text that holds `: ` in quotes, such as `\"not applicable: reason\"`, or mend the indentation",
            ])
    }

    @Test(
        "Files that hold no mapping, or nothing, or no UTF-8",
        arguments: ["", "\n\n# only a comment\n", "- a\n- b\n", "just a text\n", "~\n"])
    func noMapping(text: String) {
        #expect(diagnostics(text).count == 1, "\(diagnostics(text).map(\.text))")
    }

    @Test("Bytes that are not UTF-8 are named with their line")
    func encoding() {
        let found = Challenge.read([0x61, 0x3A, 0x20, 0x31, 0x0A, 0x62, 0x3A, 0x20, 0xFF, 0x0A]) { _ in nil }.diagnostics
        #expect(
            found.map(\.text) == [
                "challenge.yaml:2: found bytes that are not UTF-8; save the file as UTF-8",
                "challenge.yaml:2: warning: found what was not looked at because of line 2: everything else in the challenge; "
                    + "mend that and check again",
            ])
        for control in ["\u{0}", "\u{1}", "\u{1B}"] {
            let found = Challenge.read(Array("\(Sample.yaml)\n# \(control)\n".utf8)) { _ in nil }.diagnostics
            #expect(found.first?.text == "challenge.yaml:79: found a control character; save the file as plain text in UTF-8")
            #expect(found.map(\.severity) == [.error, .warning])
        }
    }

    @Test("Byte order mark and Windows line ends do not matter")
    func windows() {
        let text = "\u{FEFF}" + Sample.yaml.replacing("\n", with: "\r\n")
        #expect(diagnostics(text).map(\.text) == [])
        let wrong = text.replacing("wall: 60s", with: "wall: 60")
        #expect(diagnostics(wrong).map(\.line) == [37])
        let twice = text.replacing("id: nuclei\r\n", with: "id: nuclei\r\nid: other\r\n")
        #expect(diagnostics(twice).map(\.line) == [4])
    }

    @Test("Control and direction characters of a file never reach a message")
    func messages() {
        let text = Sample.changed("  wall: 60s\n", to: "  \"wa\\e[31mll\\u202E\": 60s\n")
        #expect(diagnostics(text).contains { $0.text.contains("`wa\\u{1b}[31mll\\u{202e}`") })
        #expect(!diagnostics(text).contains { $0.text.unicodeScalars.contains { $0.value < 32 || $0 == "\u{202E}" } })
    }

    @Test("Cut at any byte, the file gives diagnostics or a challenge, never a crash")
    func truncated() {
        let bytes = Array(Sample.yaml.utf8)
        for count in stride(from: 0, to: bytes.count, by: 37) {
            let result = Challenge.read(Array(bytes.prefix(count))) { _ in nil }
            #expect(!result.diagnostics.isEmpty)
        }
    }

    @Test("Damaged files give diagnostics or a challenge, never a crash")
    func damaged() {
        // A linear congruential generator with the constants of Knuth's MMIX: the same damage in every run.
        var state: UInt64 = 20_261_124
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let bytes = Array(Sample.yaml.utf8)
        let special = Array("{}[]:,&*!|>'\"%@`#-?\n\t \u{0}\u{7F}ÿ".utf8)
        for _ in 0..<300 {
            var copy = bytes
            for _ in 0...next(4) { copy[next(copy.count)] = special[next(special.count)] }
            let result = Challenge.read(copy) { path in Sample.lists[path].map { Array($0.utf8) } }
            #expect(result.challenge != nil || result.diagnostics.containError)
        }
    }
}
