import Testing
import WebAssets

@Suite("Templates, style and script")
struct WebAssetsTests {
    /// Enough values for the conventions page; a test replaces what it is about.
    static func values(_ changes: [String: PageValue] = [:]) -> [String: PageValue] {
        var values: [String: PageValue] = [
            "policy": "p", "styleMarkup": .markup(""), "scriptMarkup": .markup(""), "structuredDataMarkup": .markup(""), "pageTitle": "t",
            "pageDescription": "d", "base": "", "siteTitle": "s", "navigation": [], "dataFiles": [], "footer": "f", "phaseName": "phase",
            "notice": .nothing, "metrics": [], "rankingSteps": [], "failureRule": "rule", "verdicts": [], "limits": .nothing,
            "numberNotes": [], "files": [],
        ]
        values.merge(changes) { _, new in new }
        return values
    }

    @Test("Every template parses")
    func parses() throws {
        let templates = try Templates()
        for page in Templates.Page.allCases { #expect(try !templates.render(page, [:]).isEmpty) }
    }

    @Test("Only names that end in Markup are written unescaped")
    func unescaped() {
        for (name, text) in Templates.texts {
            #expect(!text.contains("{{&"), "\(name)")
            for piece in text.components("{{{") {
                let variable = piece.prefix { $0 != "}" }
                #expect(variable.hasSuffix("Markup"), "\(name): \(variable)")
            }
        }
    }

    @Test("Nothing in templates, style sheet or script leads out of the page")
    func selfContained() {
        for (name, text) in Templates.texts {
            for forbidden in ["src=", "<img", "<iframe", "<form", "<base", "@import", "style=\"", "onclick", "onload", "javascript:"] {
                #expect(!text.contains(forbidden), "\(name): \(forbidden)")
            }
        }
        for forbidden in ["url(", "@import", "http:", "https:", "</"] { #expect(!PageStyle.styleSheet.contains(forbidden)) }
        for forbidden in ["fetch", "XMLHttp", "import(", "http", "innerHTML", "eval", "</", "cookie", "Storage"] {
            #expect(!PageStyle.script.contains(forbidden))
        }
    }

    @Test("The policy allows this style sheet and this script by digest, and nothing else")
    func policy() throws {
        let policy = PageStyle.contentSecurityPolicy
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.hasSuffix("img-src data:; base-uri 'none'; form-action 'none'"))
        #expect(!policy.contains("unsafe"))
        #expect(policy.components("'sha256-").allSatisfy { $0.prefix { $0 != "'" }.count == 44 })
    }

    @Test("A text is escaped wherever it is written, also under a name for markup")
    func escaping() throws {
        let attack = "\"\u{301}><script>alert(1)</script>"
        let page = try Templates().render(
            .conventions, WebAssetsTests.values(["pageTitle": .text(attack), "failureRule": .text(attack), "scriptMarkup": .text(attack)]))
        #expect(!page.contains("<script>alert"))
        #expect(page.unicodeScalars.count { $0 == "\u{301}" } == 0)
        #expect(page.contains("&quot;⟨U+0301⟩&gt;&lt;script&gt;alert(1)"))
    }

    @Test("Markup under an ordinary name and a missing name are visible mistakes")
    func mistakes() throws {
        var values = WebAssetsTests.values(["failureRule": .markup("<b>bold</b>")])
        values["pageTitle"] = nil
        let page = try Templates().render(.conventions, values)
        #expect(page.contains("⟦failureRule⟧") && page.contains("⟦pageTitle⟧") && !page.contains("<b>bold"))
        #expect(try !Templates().render(.conventions, WebAssetsTests.values()).contains("⟦"))
    }

    @Test("A value of a list entry never comes from outside the entry")
    func valuesStayInside() throws {
        let entry: PageValue = [
            "id": "pq", "anchor": "a", "name": "n", "isPrimary": false, "convention": .nothing, "details": [],
        ]
        let page = try Templates().render(.conventions, WebAssetsTests.values(["metrics": .list([entry]), "convention": "outer"]))
        #expect(!page.contains("outer"))
    }
}

extension String {
    /// What follows each occurrence of a separator.
    func components(_ separator: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let range = rest.range(of: separator) {
            rest = rest[range.upperBound...]
            pieces.append(rest)
        }
        return pieces
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
