import Foundation
import Leaderboards
import Records
import Testing
import WebAssets

@Suite("The leaderboard's files")
struct LeaderboardTests {
    static func text(_ path: String, of files: [BoardFile]) throws -> String {
        String(decoding: try #require(files.first { $0.path == path }).bytes, as: UTF8.self)
    }

    static func pages(_ files: [BoardFile]) -> [(path: String, text: String)] {
        files.filter { $0.path.hasSuffix(".html") }.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }
    }

    static let boards: [(String, @Sendable () -> BoardModel)] = [
        ("usual", { SampleBoard.usual() }), ("empty", { SampleBoard.empty() }), ("hostile", { SampleBoard.hostile() }),
    ]

    @Test("The same model gives the same bytes, whatever the order of its entries")
    func deterministic() throws {
        let model = SampleBoard.usual()
        let files = try Leaderboard(model).files()
        #expect(try Leaderboard(SampleBoard.usual()).files() == files)
        let shuffled = BoardModel(
            challenge: model.challenge, phase: model.phase, metrics: model.metrics, ranking: model.ranking, caseCount: model.caseCount,
            groupCount: model.groupCount, cases: model.cases, entries: model.entries.reversed(), limits: model.limits,
            warnings: model.warnings)
        #expect(try Leaderboard(shuffled).files() == files)
    }

    @Test("Every value that a template asks for is there", arguments: boards.map(\.0))
    func complete(board: String) throws {
        let model = try #require(LeaderboardTests.boards.first { $0.0 == board }).1()
        for (path, text) in LeaderboardTests.pages(try Leaderboard(model).files()) {
            #expect(!text.contains("⟦"), "\(path)")
            // Hostile names hold such brackets themselves; they are text there.
            if board != "hostile" { #expect(!text.contains("{{"), "\(path)") }
        }
    }

    @Test("Pages load nothing: no address but links, no script or style but our own", arguments: ["usual", "empty", "hostile"])
    func selfContained(board: String) throws {
        let model = try #require(LeaderboardTests.boards.first { $0.0 == board }).1()
        for (path, text) in LeaderboardTests.pages(try Leaderboard(model).files()) {
            #expect(text.contains("<style>\(PageStyle.styleSheet)</style>"), "\(path)")
            #expect(text.contains("<script>\(PageStyle.script)</script>"), "\(path)")
            let outline = HTMLOutline(text)
            #expect(outline.counts["style"] == 1)
            #expect(outline.counts["script"] == (path == "index.html" ? 2 : 1), "\(path)")
            for element in ["img", "iframe", "object", "embed", "audio", "video", "form", "base", "image", "use"] {
                #expect(outline.counts[element] == nil, "\(path): \(element)")
            }
            #expect(!outline.tags.contains { $0.contains(" src") || $0.contains(" style") || $0.contains(" on") }, "\(path)")
            #expect(Set(outline.ids).count == outline.ids.count, "\(path): \(outline.ids)")
        }
    }

    @Test("Hostile names bring no tag, attribute or address into a page that ordinary names do not")
    func hostileNames() throws {
        var known: Set<String> = []
        for model in [SampleBoard.usual(), SampleBoard.empty()] {
            for (_, text) in LeaderboardTests.pages(try Leaderboard(model).files()) { known.formUnion(HTMLOutline(text).tags) }
        }
        for (path, text) in LeaderboardTests.pages(try Leaderboard(SampleBoard.hostile()).files()) {
            let outline = HTMLOutline(text)
            #expect(outline.tags.subtracting(known).isEmpty, "\(path): \(outline.tags.subtracting(known).sorted())")
            for address in outline.addresses {
                #expect(!address.lowercased().contains("javascript"), "\(path)")
                #expect(address.allSatisfy { $0.isASCII }, "\(path): \(address)")
            }
            for scalar: Unicode.Scalar in ["\u{202E}", "\u{0}", "\u{1B}", "\u{200B}"] {
                #expect(!text.unicodeScalars.contains(scalar), "\(path)")
            }
            #expect(text.utf8.count < 300_000, "\(path)")
        }
    }

    @Test("Every link within the site leads to a file or an anchor that is there")
    func links() throws {
        let files = try Leaderboard(SampleBoard.usual()).files()
        let paths = Set(files.map(\.path))
        let anchors = Dictionary(
            uniqueKeysWithValues: LeaderboardTests.pages(files).map { ($0.path, Set(HTMLOutline($0.text).ids)) })
        for (path, text) in LeaderboardTests.pages(files) {
            for address in HTMLOutline(text).addresses where !address.hasPrefix("http") && !address.hasPrefix("data:") {
                let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                var target = parts[0].isEmpty ? path : parts[0]
                if path.hasPrefix("submissions/") && !parts[0].isEmpty {
                    target = target.hasPrefix("../") ? String(target.dropFirst(3)) : "submissions/" + target
                }
                #expect(paths.contains(target), "\(path): \(address)")
                if parts.count == 2 { #expect(anchors[target]?.contains(parts[1]) == true, "\(path): \(address)") }
            }
        }
    }

    @Test("The first page says who leads and who cannot be told apart from that")
    func statement() throws {
        let page = try LeaderboardTests.text("index.html", of: try Leaderboard(SampleBoard.usual()).files())
        #expect(page.contains("<b><bdi>U-Net, 3 levels</bdi></b> leads with ap@1/2:19/20:1/20 = 0."))
        #expect(page.contains("<b><bdi>watershed</bdi></b> cannot be told apart from rank 1 on these cases"))
        #expect(
            try LeaderboardTests.text("index.html", of: try Leaderboard(SampleBoard.empty()).files()).contains(
                "No submission has been scored yet."))
    }

    @Test("Simulated submissions stand apart, labelled, without a rank")
    func simulated() throws {
        let model = SampleBoard.usual()
        let page = try LeaderboardTests.text("index.html", of: try Leaderboard(model).files())
        let apart = try #require(page.range(of: "Simulated, out of competition."))
        #expect(page[apart.upperBound...].contains("Simulated errors</bdi></a> <span class=\"badge simulated\">simulated</span>"))
        #expect(model.entries.last?.isSimulated == true)
        #expect(model.simulated.allSatisfy { $0.standing == nil })
        for (path, text) in LeaderboardTests.pages(try Leaderboard(model).files()) where path != "conventions.html" {
            let names = text.components(separatedBy: "Simulated errors</bdi></a>").count - 1
            let badges = text.components(separatedBy: "Simulated errors</bdi></a> <span class=\"badge simulated\">").count - 1
            if path != "cases.html" { #expect(names == badges, "\(path)") }
        }
    }

    @Test("Failures are named on the board and explained on the submission's page")
    func failures() throws {
        let files = try Leaderboard(SampleBoard.usual()).files()
        let board = try LeaderboardTests.text("index.html", of: files)
        #expect(board.contains("63 %") && board.contains("5 of 8") && board.contains("1&nbsp;memory limit"))
        let path = try #require(files.first { $0.path.hasPrefix("submissions/flaky") && $0.path.hasSuffix("html") }).path
        let page = try LeaderboardTests.text(path, of: files)
        #expect(page.contains("The submission was stopped because it needed more memory than allowed."))
        #expect(page.contains("labels.tif: found shape (100, 128), expected (128, 128)."))
    }

    @Test("Without results of single cases no file names a case")
    func casesHidden() throws {
        var model = SampleBoard.usual()
        model.cases = []
        for index in model.entries.indices { model.entries[index].cases = [] }
        let files = try Leaderboard(model).files()
        #expect(!files.contains { $0.path.hasPrefix("cases.") && $0.path != "cases.html" })
        for file in files {
            #expect(!String(decoding: file.bytes, as: UTF8.self).contains("field-1"), "\(file.path)")
        }
        #expect(try LeaderboardTests.text("cases.html", of: files).contains("Results of single cases are not shown in this phase."))
    }

    @Test("Submissions of the same name have pages of their own")
    func addresses() throws {
        var model = SampleBoard.usual()
        for index in model.entries.indices {
            model.entries[index].submission.name = "Same / Näme"
            model.entries[index].submission.digest = Digest(ofText: "same")
        }
        let files = try Leaderboard(model).files().filter { $0.path.hasPrefix("submissions/") && $0.path.hasSuffix(".html") }
        #expect(Set(files.map(\.path)).count == 6)
        #expect(files.allSatisfy { $0.path.hasPrefix("submissions/same-n-me-") })
    }

    @Test("Machine-readable data about the board cannot end its script element")
    func structuredData() throws {
        let page = try LeaderboardTests.text("index.html", of: try Leaderboard(SampleBoard.hostile()).files())
        let start = try #require(page.range(of: "<script type=\"application/ld+json\">"))
        let block = page[start.upperBound...].prefix { $0 != "<" }
        #expect(page[block.endIndex...].hasPrefix("</script>"))
        let json = try JSONValue(parsing: String(block))
        #expect(json["@graph"]?[0]?["name"] == .string("</title><script>alert('title')</script>: leaderboard, Final"))
        #expect(json["@graph"]?[0]?["license"] == nil)
        let usual = try LeaderboardTests.text("index.html", of: try Leaderboard(SampleBoard.usual()).files())
        #expect(usual.contains("\"license\":\"https://spdx.org/licenses/CC0-1.0.html\""))
        #expect(usual.contains("\"@type\":\"ItemList\"") && usual.contains("\"position\":1"))
    }
}
