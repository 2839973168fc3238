internal import Plots
internal import Records
internal import WebAssets

/// What the pages of one leaderboard share: addresses, scales, the frame around each page.
struct Site {
    let model: BoardModel
    /// The entries in the board's order with the names of their pages.
    let addressedEntries: [(entry: BoardEntry, address: String)]
    /// The scale of the primary metric over values and intervals of all submissions.
    let boardScale: PlotScale
    /// The scale of the primary metric over all cases, with few ticks for narrow columns.
    let caseScale: PlotScale
    /// The same with more ticks.
    let stripScale: PlotScale

    init(_ model: BoardModel) {
        self.model = model
        addressedEntries = Site.addresses(of: model.entries)
        let primary = model.primaryMetric
        let overall = model.entries.compactMap { $0.result(primary.id) }.flatMap { result in
            [result.value, result.interval?.lowerBound, result.interval?.upperBound].compactMap { $0 }
        }
        boardScale = PlotScale(covering: overall, within: primary.range)
        var cases = model.entries.flatMap { entry in entry.cases.compactMap { $0.value(primary.id) } }
        if let worst = primary.worst, model.entries.contains(where: { $0.cases.contains { !$0.isScored } }) { cases.append(worst) }
        caseScale = PlotScale(covering: cases, within: primary.range, intervals: 3)
        stripScale = PlotScale(covering: cases, within: primary.range)
    }

    /// The values that every page needs.
    ///
    /// - Parameters:
    ///   - base: what leads from the page's folder to the site's, `""` or `"../"`.
    ///   - files: files that belong to this page alone, beside those of the site.
    func frame(
        title: String, description: String, current: String, base: String = "", files own: [BoardTerm] = [], structuredData: String = ""
    ) -> [String: PageValue] {
        var files = own
        files.append(BoardTerm(base + "leaderboard.csv", "ranking as CSV"))
        files.append(BoardTerm(base + "leaderboard.json", "ranking as JSON"))
        if model.showsCases {
            files.append(BoardTerm(base + "cases.csv", "cases as CSV"))
            files.append(BoardTerm(base + "cases.json", "cases as JSON"))
        }
        let pages = [("index.html", "Ranking"), ("cases.html", "Cases"), ("conventions.html", "Conventions")]
        return [
            "policy": .text(PageStyle.contentSecurityPolicy), "styleMarkup": .markup(PageStyle.styleSheet),
            "scriptMarkup": .markup(PageStyle.script), "structuredDataMarkup": .markup(structuredData), "pageTitle": .text(title),
            "pageDescription": .text(MarkupText.shortened(description, to: 300)), "base": .text(base),
            "siteTitle": .text(MarkupText.shortened(model.challenge.title, to: 80)),
            "navigation": .list(
                pages.map { path, name in
                    ["href": .text(base + path), "name": .text(name), "isCurrent": .flag(path == current)]
                }),
            "dataFiles": .list(
                files.enumerated().map { index, file in
                    [
                        "href": .text(file.name), "name": .text(file.text), "isLast": .flag(index == files.count - 1),
                        "type": .text(file.name.hasSuffix(".csv") ? "text/csv" : "application/json"),
                    ]
                }),
            "footer": .text(
                (model.entries.isEmpty
                    ? "Made by Concours. " : "Made by Concours from \(Site.counted(model.entries.count, "evaluation")). ")
                    + "This page loads nothing from anywhere; "
                    + "the same evaluations give the same page, byte for byte."),
            "phaseName": .text("Leaderboard · \(MarkupText.shortened(model.phase.title, to: 80))"),
            "notice": .text(ifPresent: model.notice),
            "title": .text(MarkupText.shortened(model.challenge.title, to: 200)),
        ]
    }

    /// Name, address and the badge of an entry, as tables show it.
    func nameFields(_ entry: BoardEntry, _ address: String, base: String = "") -> [String: PageValue] {
        [
            "name": .text(MarkupText.shortened(entry.name, to: 60)), "href": .text("\(base)submissions/\(address).html"),
            "isSimulated": .flag(entry.isSimulated),
        ]
    }

    /// The team and the authors, at most `count` of them; each name keeps its direction of writing to itself.
    func makers(_ entry: BoardEntry, atMost count: Int, length: Int) -> [String: PageValue] {
        let names = ([entry.team].compactMap { $0 } + entry.submission.authors).filter { !$0.isEmpty }
        var shown = names.prefix(count).map { MarkupText.shortened($0, to: length) }
        if names.count > count { shown.append("\(names.count - count) more") }
        return [
            "hasMakers": .flag(!shown.isEmpty),
            "makers": .list(
                shown.enumerated().map { ["text": .text($1), "isLast": .flag($0 == shown.count - 1)] }),
        ]
    }

    /// A metric's id for the head of a column: a range of thresholds stands on a second line.
    static func head(_ id: String) -> PageValue {
        let parts = id.split(separator: ":", maxSplits: 1).map { MarkupText.escaped(String($0)) }
        return .markup(parts.joined(separator: ":<br>"))
    }

    /// A fact in the list under a page's title.
    static func fact(_ term: String, _ values: [(text: String, href: String?)]) -> PageValue {
        [
            "term": .text(term),
            "values": .list(values.map { ["text": .text($0.text), "href": .text(ifPresent: $0.href)] }),
        ]
    }

    /// The number with the noun in the form that fits it.
    static func counted(_ count: Int, _ noun: String) -> String {
        "\(NumberText.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// What the sort script compares: all digits, nothing for no value.
    static func sortKey(_ value: Double?) -> PageValue {
        guard let value, value.isFinite else { return "" }
        return .text("\(value)")
    }

    /// The kind of a submission in words.
    static func kindName(_ kind: String) -> String {
        switch kind {
        case "model": "model"
        case "program": "program"
        case "image": "container image"
        case "predictions": "finished predictions"
        default: kind
        }
    }

    /// Page names from the submissions' names and digests: letters, digits and hyphens only, each once.
    private static func addresses(of entries: [BoardEntry]) -> [(entry: BoardEntry, address: String)] {
        var taken: Set<String> = []
        return entries.map { entry in
            var word = ""
            for scalar in entry.submission.name.unicodeScalars.prefix(200) {
                let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                if isPlain {
                    word += String(scalar).lowercased()
                } else if !word.isEmpty && !word.hasSuffix("-") {
                    word += "-"
                }
            }
            word = String(word.prefix(40))
            while word.hasSuffix("-") { word.removeLast() }
            let stem = (word.isEmpty ? "submission" : word) + "-" + entry.submission.digest.hex.prefix(8)
            var address = stem
            var number = 2
            while !taken.insert(address).inserted {
                address = "\(stem)-\(number)"
                number += 1
            }
            return (entry, address)
        }
    }
}

/// The middle value; the mean of the two middle ones for an even count.
func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
