internal import Plots
internal import Records
internal import WebAssets

/// The ranking: the first page.
extension Site {
    var rankingPage: [String: PageValue] {
        var values = frame(
            title: "\(MarkupText.shortened(model.challenge.title, to: 100)): leaderboard",
            description: model.challenge.summary ?? "Leaderboard of \(model.challenge.title)", current: "index.html",
            structuredData: StructuredData.markup(model, addresses: addressedEntries))
        values["summary"] = .text(ifPresent: model.challenge.summary.map { MarkupText.shortened($0, to: 1200) })
        values["facts"] = .list(rankingFacts)
        values["statement"] = .list(statement)
        values["isEmpty"] = .flag(model.entries.isEmpty && model.notice == nil)
        values["board"] = model.entries.isEmpty ? .nothing : board
        values["notes"] = .list(rankingNotes)
        values["metricTable"] = metricTable
        values["stability"] = stability
        values["warnings"] = model.warnings.isEmpty ? .nothing : ["items": .list(model.warnings.map { .text($0) })]
        return values
    }

    static let simulatedNote =
        "Made from the ground truth to illustrate errors of stated kinds: no method, no rank, and without influence on any rank."

    private var rankingFacts: [PageValue] {
        var facts = [
            Site.fact("Phase", [("\(model.phase.title), \(model.phase.kind)", nil)] + (model.phase.period.map { [($0, nil)] } ?? [])),
            Site.fact(
                "Measured on",
                [("\(Site.counted(model.caseCount, "case")) in \(Site.counted(model.groupCount, "group"))", nil)]),
            Site.fact("Ranked by", [(model.primaryMetric.id, "conventions.html#\(model.primaryMetric.anchor)")]),
        ]
        if !model.challenge.organisers.isEmpty {
            facts.append(
                Site.fact(
                    "Organised by",
                    model.challenge.organisers.map { person in
                        let place = person.affiliation.map { ", \($0)" } ?? ""
                        return (MarkupText.shortened(person.name + place, to: 120), person.orcid.map { "https://orcid.org/\($0)" })
                    }))
        }
        facts.append(
            Site.fact("Licence of the data", [(model.challenge.licence, StructuredData.licenceAddress(model.challenge.licence))]))
        return facts
    }

    private var board: PageValue {
        let primary = model.primaryMetric
        let ranked = addressedEntries.filter { !$0.entry.isSimulated }
        let simulated = addressedEntries.filter(\.entry.isSimulated)
        let hasRankingValue = model.ranking.rankingValueName != nil
        let hasBand = model.ranked.contains { $0.standing?.rank == 1 && $0.result(primary.id)?.interval != nil }
        var groups: [PageValue] = []
        for (entries, isSimulated) in [(ranked, false), (simulated, true)] where !entries.isEmpty {
            groups.append([
                "isSimulatedGroup": .flag(isSimulated), "rows": .list(entries.map { row($0.entry, $0.address) }),
            ])
        }
        return [
            "caption": .text(
                "The plot shows \(primary.id) from \(boardScale.label(boardScale.lower)) to \(boardScale.label(boardScale.upper)) with its "
                    + "95 % confidence interval" + (hasBand ? "; the shaded band is the interval of rank 1." : ".")),
            "metricMarkup": Site.head(primary.id), "arrow": .text(primary.arrow),
            "rankSmall": .text(model.ranking.draws > 0 ? "95 % interval" : ""), "axisMarkup": .markup(boardScale.axis),
            "hasRankingValue": .flag(hasRankingValue), "rankingValueName": .text(model.ranking.rankingValueName ?? ""),
            "columnCount": .text(hasRankingValue ? "8" : "7"), "simulatedNote": .text(Site.simulatedNote), "groups": .list(groups),
        ]
    }

    private func row(_ entry: BoardEntry, _ address: String) -> PageValue {
        let primary = model.primaryMetric
        let result = entry.result(primary.id)
        let standing = entry.standing
        let first = model.ranked.first?.result(primary.id)?.interval
        let plot = IntervalRow(
            scale: boardScale, value: result?.value, interval: result?.interval, band: first, marker: entry.isSimulated ? .hollow : .dot)
        let coverage = BoardCSV.coverage(entry, model)
        var fields = nameFields(entry, address)
        let more: [String: PageValue] = [
            "isRanked": .flag(standing != nil), "isTied": .flag(standing?.isTiedWithFirst ?? false),
            "rank": .text(standing.map { "\($0.rank)" } ?? "–"), "rankSort": .text(standing.map { "\($0.rank)" } ?? ""),
            "rankInterval": .text(ifPresent: standing.flatMap { Site.rankInterval($0.interval) }),
            "kind": .text(Site.kindName(entry.submission.kind)), "score": .text(NumberText.score(result?.value)),
            "scoreSort": Site.sortKey(result?.value),
            "interval": .text(result?.interval == nil ? "no interval" : NumberText.interval(result?.interval)),
            "plotMarkup": .markup(plot.svg), "rankingValue": .text(NumberText.fixed(standing?.rankingValue, places: 2)),
            "rankingValueSort": Site.sortKey(standing?.rankingValue),
            "coverage": .text(NumberText.percent(coverage)), "coverageSort": Site.sortKey(coverage),
            "coverageCount": .text("\(NumberText.count(entry.scoredCount)) of \(NumberText.count(model.caseCount))"),
            "isIncomplete": .flag(entry.scoredCount < model.caseCount),
            "failures": .list(
                entry.verdicts.filter { $0.verdict != .ok }.map {
                    ["count": .text(NumberText.count($0.count)), "name": .text($0.verdict.name)]
                }),
            "time": .text(NumberText.seconds(entry.medianWallSeconds)), "timeSort": Site.sortKey(entry.medianWallSeconds),
            "memory": .text(NumberText.bytes(entry.peakMemoryBytes)), "memorySort": Site.sortKey(entry.peakMemoryBytes.map(Double.init)),
        ]
        fields.merge(more) { _, new in new }
        fields.merge(makers(entry, atMost: 4, length: 40)) { _, new in new }
        return .fields(fields)
    }

    /// Whole ranks without decimals: `1 to 3`, or `1` where both ends are equal.
    static func rankInterval(_ interval: ClosedRange<Double>?) -> String? {
        guard let interval else { return nil }
        let ends = [interval.lowerBound, interval.upperBound].map { rank($0) }
        return ends[0] == ends[1] ? ends[0] : "\(ends[0]) to \(ends[1])"
    }

    /// A rank, with one decimal where it lies between two.
    static func rank(_ rank: Double?) -> String {
        guard let rank else { return "–" }
        return NumberText.fixed(rank, places: rank == rank.rounded() ? 0 : 1)
    }

    private var rankingNotes: [PageValue] {
        guard !model.entries.isEmpty else { return [] }
        var notes: [PageValue] = []
        if let worst = model.primaryMetric.worst {
            notes.append(
                .text(
                    "Coverage is the share of cases with a result. A case without one counts as \(NumberText.score(worst)), "
                        + "the worst value of \(model.primaryMetric.id), in score and ranking alike."))
        } else {
            notes.append(.text("Coverage is the share of cases with a result. A case without one ranks last."))
        }
        notes.append("Time and memory were measured while the submissions ran; they differ from run to run and from machine to machine.")
        return notes
    }

    private var metricTable: PageValue {
        guard model.metrics.count > 1, !model.entries.isEmpty else { return .nothing }
        let best = model.metrics.map { metric -> Double? in
            let values = model.ranked.compactMap { $0.result(metric.id)?.value }
            return metric.higherIsBetter == nil ? nil : metric.higherIsBetter == true ? values.max() : values.min()
        }
        return [
            "intro": .text("The first metric decides the ranking; the others are shown to understand it."),
            "columns": .list(
                model.metrics.map { ["idMarkup": Site.head($0.id), "anchor": .text($0.anchor), "arrow": .text($0.arrow)] }),
            "rows": .list(
                addressedEntries.map { entry, address in
                    var fields = nameFields(entry, address)
                    fields["cells"] = .list(
                        zip(model.metrics, best).map { metric, best in
                            let result = entry.result(metric.id)
                            return [
                                "value": .text(NumberText.score(result?.value)), "sort": Site.sortKey(result?.value),
                                "interval": .text(result?.interval == nil ? "" : NumberText.interval(result?.interval)),
                                "isBest": .flag(!entry.isSimulated && result?.value != nil && result?.value == best),
                            ]
                        })
                    return .fields(fields)
                }),
            "note": "Bold: the best value among ranked submissions. Arrows point to better values; – means undefined.",
        ]
    }

    private var stability: PageValue {
        let ranked = addressedEntries.filter { !($0.entry.standing?.shares ?? []).isEmpty }
        guard ranked.count > 1 else { return .nothing }
        let count = ranked.compactMap { $0.entry.standing?.shares.count }.max() ?? 0
        return [
            "intro": .text(
                "The \(Site.counted(model.groupCount, "group")) of cases were drawn anew \(NumberText.count(model.ranking.draws)) times, "
                    + "with replacement, and the ranking was made each time. An order that survives this does not hang on a few cases."),
            "axisMarkup": .markup(RankRow.axis(count: count)),
            "rows": .list(
                ranked.map { entry, address in
                    let standing = entry.standing
                    let shares = standing?.shares ?? []
                    let row = RankRow(
                        shares: shares + Array(repeating: 0, count: count - shares.count), interval: standing?.interval,
                        median: standing?.median)
                    var fields = nameFields(entry, address)
                    fields["plotMarkup"] = .markup(row.svg)
                    fields["median"] = .text(Site.rank(standing?.median))
                    fields["interval"] = .text(Site.rankInterval(standing?.interval) ?? "–")
                    fields["first"] = .text(NumberText.percent(shares.first))
                    return .fields(fields)
                }),
            "agreement": .text(
                ifPresent: model.ranking.meanKendallTau.map {
                    "Agreement of the ranking with those of the draws, Kendall’s tau: \(NumberText.fixed($0, places: 2)) on average "
                        + "(1 is always the same order, 0 is no relation)."
                }),
        ]
    }
}
