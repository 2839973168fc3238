internal import Plots
internal import WebAssets

/// The sentences above the table: who leads, and who cannot be told apart from that.
extension Site {
    var statement: [PageValue] {
        let ranked = model.ranked
        let leaders = ranked.filter { $0.standing?.rank == 1 }
        guard let first = leaders.first, let standing = first.standing else {
            return [
                Site.sentence([.plain(model.simulated.isEmpty ? emptyText : "No submission is ranked yet.")])
            ]
        }
        guard leaders.contains(where: { $0.scoredCount > 0 }) else {
            return [Site.sentence([.plain("No ranked submission has a result on any case.")])]
        }
        let primary = model.primaryMetric
        var lead: [Part] = Site.names(leaders)
        lead.append(.plain(leaders.count == 1 ? " leads" : " share rank 1"))
        if leaders.count == 1, let result = first.result(primary.id) {
            lead.append(.plain(" with \(primary.id) = \(NumberText.score(result.value))"))
            if result.interval != nil { lead.append(.plain(" (95 % interval \(NumberText.interval(result.interval)))")) }
        }
        lead.append(.plain("."))
        let tied = ranked.filter { $0.standing?.isTiedWithFirst == true }
        var distinction: [Part] = []
        if ranked.count == leaders.count {
            distinction = ranked.count == 1 ? [.plain("There is no other submission to compare it with.")] : []
        } else if model.ranking.draws == 0 {
            distinction = [.plain("How firm this is was not examined: the ranking was made without draws.")]
        } else if tied.isEmpty {
            distinction = [.plain("All others can be told apart from rank 1 on these cases.")]
            if model.groupCount < 5 { distinction.append(.plain(" With only \(model.groupCount) groups that says little about others.")) }
        } else {
            distinction = Site.names(tied)
            distinction.append(.plain(" cannot be told apart from rank 1 on these cases (marked ≈ 1)."))
        }
        if !distinction.isEmpty && standing.interval != nil && ranked.count > leaders.count {
            distinction.append(.plain(" " + model.ranking.distinctionRule))
        }
        return [lead, distinction].filter { !$0.isEmpty }.map(Site.sentence)
    }

    /// What stands where results would be. A board that hides its results does not say whether there are any.
    var emptyText: String {
        model.notice == nil ? "No submission has been scored yet." : "Results appear here when they are released."
    }

    private enum Part {
        case name(String)
        case plain(String)
    }

    /// At most six names, then the number of the others.
    private static func names(_ entries: [BoardEntry]) -> [Part] {
        var parts: [Part] = []
        let shown = entries.count > 7 ? Array(entries.prefix(6)) : entries
        let hidden = entries.count - shown.count
        for (index, entry) in shown.enumerated() {
            if index > 0 { parts.append(.plain(index == shown.count - 1 && hidden == 0 ? " and " : ", ")) }
            parts.append(.name(MarkupText.shortened(entry.name, to: 60)))
        }
        if hidden > 0 { parts.append(.plain(" and \(hidden) others")) }
        return parts
    }

    private static func sentence(_ parts: [Part]) -> PageValue {
        [
            "parts": .list(
                parts.map { part in
                    switch part {
                    case .name(let name): ["text": .text(name), "isName": true]
                    case .plain(let text): ["text": .text(text), "isName": false]
                    }
                })
        ]
    }
}
