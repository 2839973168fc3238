import Plots
import Testing

@Suite("Text of unknown origin in HTML and SVG")
struct MarkupTextTests {
    @Test("The five special characters become references")
    func references() {
        #expect(MarkupText.escaped("<a href='x'>\"&") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;")
    }

    @Test(
        "A special character is never hidden inside a longer character",
        arguments: ["\"\u{301}", "<\u{200D}", "'\u{FE0F}", "&\u{20DD}", "\u{0D4E}<", "\u{110BD}\"", ">\u{FF9E}", "\r\n<\u{301}\u{301}"])
    func longerCharacters(text: String) {
        for character in MarkupText.visible(text) where character.unicodeScalars.contains(where: { "<>&\"'".unicodeScalars.contains($0) }) {
            #expect(character.unicodeScalars.count == 1)
        }
        #expect(!MarkupText.escaped(text).unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) })
    }

    @Test("Every scalar before and after a quote leaves the quote alone")
    func allScalars() {
        var joined = 0
        for value in UInt32(1)...0x2FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for text in ["\"" + String(scalar), String(scalar) + "\""] {
                joined += MarkupText.visible(text).contains { $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains("\"") } ? 1 : 0
            }
        }
        #expect(joined == 0)
    }

    @Test("What cannot be seen is written as its code")
    func invisible() {
        #expect(MarkupText.visible("a\u{202E}b") == "a⟨U+202E⟩b")
        #expect(MarkupText.visible("\u{0}\u{1B}[31m") == "⟨U+0000⟩⟨U+001B⟩[31m")
        #expect(MarkupText.visible("x\u{200B}y\u{FEFF}") == "x⟨U+200B⟩y⟨U+FEFF⟩")
        #expect(MarkupText.visible("one\ttwo\nthree") == "one two three")
    }

    @Test("Ordinary writing of any language stays as it is", arguments: ["Müller", "Nguyễn", "مرحبا", "नमस्ते", "中文", "👩‍🔬", "e\u{301}"])
    func ordinary(text: String) {
        #expect(MarkupText.visible(text) == text)
    }

    @Test("A pile of combining marks ends after the third")
    func zalgo() {
        let shown = MarkupText.visible("z" + String(repeating: "\u{301}", count: 9))
        #expect(shown.unicodeScalars.count { $0 == "\u{301}" } == 3)
        #expect(shown.hasSuffix("⟨U+0301⟩"))
    }

    @Test("A long text is cut with an ellipsis, however long it is")
    func shortened() {
        #expect(MarkupText.shortened("abc", to: 3) == "abc")
        #expect(MarkupText.shortened("abcd", to: 3) == "ab…")
        #expect(MarkupText.shortened(String(repeating: "W", count: 1_000_000), to: 60).count == 60)
        #expect(MarkupText.shortened(String(repeating: "\u{202E}", count: 30), to: 40).count == 40)
    }
}
