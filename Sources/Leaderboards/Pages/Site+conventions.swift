internal import Plots
internal import Records
internal import WebAssets

/// What the numbers mean.
extension Site {
    var conventionsPage: [String: PageValue] {
        var values = frame(
            title: "Conventions · \(MarkupText.shortened(model.challenge.title, to: 100))",
            description: "How the scores and the ranking of \(model.challenge.title) are computed", current: "conventions.html")
        values["metrics"] = .list(
            model.metrics.enumerated().map { index, metric in
                [
                    "id": .text(metric.id), "anchor": .text(metric.anchor), "name": .text(metric.title), "isPrimary": .flag(index == 0),
                    "convention": .text(metric.convention),
                    "details": [
                        ["term": "Values", "text": .text("\(metric.rangeText); \(metric.direction)")],
                        ["term": "A failed case costs", "text": .text(metric.worstText)],
                        ["term": "Source", "text": .text(metric.source)],
                        ["term": "Implementation", "text": .text("version \(metric.version)")],
                    ],
                ]
            })
        values["rankingSteps"] = .list((model.ranking.steps + [model.ranking.distinctionRule]).map { .text($0) })
        values["failureRule"] = .text(
            "Every case counts. A case that did not end with ok has no result: it counts as the metric’s worst value and lowers the "
                + "coverage, and in a ranking by cases it comes last. It never removes the submission from the board, and a missing "
                + "value never ranks above a value.")
        values["verdicts"] = .list(
            Verdict.allCases.map {
                ["name": .text($0.name), "explanation": .text($0.explanation), "isFailure": .flag($0 != .ok)]
            })
        values["limits"] =
            model.limits.isEmpty
            ? .nothing : ["items": .list(model.limits.map { ["name": .text($0.name), "text": .text($0.text)] })]
        values["numberNotes"] = [
            "Scores on the pages are rounded to three decimals, halves away from zero; the files carry all digits.",
            "Intervals cover 95 %. They say how the result might differ on other cases of the same kind, not on other data.",
            "An interval needs several groups of cases. With few groups it is too narrow rather than too wide.",
            "In CSV files a text that a spreadsheet would take for a formula starts with an apostrophe; the JSON files have it as it is.",
            "Characters that cannot be seen are written as their code, such as ⟨U+200B⟩; the JSON files have them as they are.",
            "Long names end in an ellipsis; the JSON files have them whole.",
        ]
        var files = [
            BoardTerm("leaderboard.csv", "the ranking, one line a submission"),
            BoardTerm("leaderboard.json", "the ranking with metrics, conventions, rank shares and limits"),
        ]
        if model.showsCases {
            files.append(BoardTerm("cases.csv", "every case of every submission, one line each"))
            files.append(BoardTerm("cases.json", "the same with flags and digests, by submission"))
        }
        files.append(BoardTerm("files.json", "the SHA-256 of every file of this leaderboard"))
        values["files"] = .list(files.map { ["href": .text($0.name), "text": .text($0.text)] })
        return values
    }
}
