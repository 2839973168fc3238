import Ranking

/// A ranking in a terminal.
enum RankingText {
    static func show(_ ranking: RankingResult) {
        var table = TextTable([
            ("rank", .right), ("algorithm", .left), ("score", .right), ("95 % interval", .right), ("ranks", .right), ("coverage", .right),
        ])
        for item in ranking.algorithms {
            table.add([
                "\(item.rank)", item.name, Decimals.text(item.aggregate), Decimals.interval(item.interval.map { $0.low...$0.high }),
                BoardTable.ranks(item.rankInterval.map { $0.low...$0.high }), "\(item.casesWithValue)/\(ranking.caseCount)",
            ])
        }
        for line in table.lines { Terminal.say(line) }
        Terminal.say()
        Terminal.say(Paragraph.wrapped(ranking.scheme.summary))
        for warning in ranking.warnings { Terminal.say(Paragraph.wrapped("Note: " + warning.text)) }
    }
}
