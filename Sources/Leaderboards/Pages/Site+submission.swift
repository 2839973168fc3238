internal import Plots
internal import Records
internal import WebAssets

/// The page of one submission.
extension Site {
    func submissionPage(_ entry: BoardEntry, _ address: String) -> [String: PageValue] {
        let name = MarkupText.shortened(entry.name, to: 200)
        var values = frame(
            title: "\(MarkupText.shortened(entry.name, to: 60)) · \(MarkupText.shortened(model.challenge.title, to: 80))",
            description: "Scores of \(name) in \(model.challenge.title)", current: "", base: "../",
            files: [BoardTerm("\(address).json", "this submission as JSON")])
        values["name"] = .text(name)
        values["isSimulated"] = .flag(entry.isSimulated)
        values["simulatedNote"] = .text(Site.simulatedNote)
        values.merge(makers(entry, atMost: 40, length: 200)) { _, new in new }
        values["rankText"] = .text(ifPresent: rankText(entry))
        values["facts"] = .list(submissionFacts(entry))
        values["digests"] = [
            ["term": "SHA-256 of the submission", "digest": .text(entry.submission.digest.hex)],
            ["term": "SHA-256 of the evaluation", "digest": .text(entry.evaluation.hex)],
        ]
        values["results"] = .list(
            model.metrics.map { metric in
                let result = entry.result(metric.id)
                return [
                    "id": .text(metric.id), "anchor": .text(metric.anchor), "value": .text(NumberText.score(result?.value)),
                    "interval": .text(NumberText.interval(result?.interval)), "direction": .text(metric.direction),
                ]
            })
        values["verdicts"] = .list(
            entry.verdicts.map {
                [
                    "count": .text(NumberText.count($0.count)), "name": .text($0.verdict.name), "isFailure": .flag($0.verdict != .ok),
                    "explanation": .text($0.verdict.explanation),
                ]
            })
        values["caseTable"] = entry.cases.isEmpty ? .nothing : caseTable(entry)
        return values
    }

    private func rankText(_ entry: BoardEntry) -> String? {
        guard let standing = entry.standing else { return nil }
        let count = model.ranked.count
        return "rank \(standing.rank) of \(count)" + (standing.isTiedWithFirst ? ", not told apart from rank 1" : "")
    }

    private func submissionFacts(_ entry: BoardEntry) -> [PageValue] {
        var facts: [PageValue] = []
        if let standing = entry.standing {
            let interval = Site.rankInterval(standing.interval).map { " (95 % interval \($0))" } ?? ""
            facts.append(Site.fact("Rank", [("\(standing.rank)\(interval)", nil)]))
        }
        facts.append(
            Site.fact(
                "Coverage",
                [
                    (
                        "\(NumberText.percent(BoardCSV.coverage(entry, model))), \(NumberText.count(entry.scoredCount)) of "
                            + "\(Site.counted(model.caseCount, "case"))", nil
                    )
                ]))
        facts.append(Site.fact("Median time of a case", [(NumberText.seconds(entry.medianWallSeconds), nil)]))
        facts.append(Site.fact("Highest memory", [(NumberText.bytes(entry.peakMemoryBytes), nil)]))
        facts.append(Site.fact("Kind", [(Site.kindName(entry.submission.kind), nil)]))
        if entry.name != entry.submission.name {
            facts.append(Site.fact("Handed in as", [(MarkupText.shortened(entry.submission.name, to: 200), nil)]))
        }
        return facts
    }

    private func caseTable(_ entry: BoardEntry) -> PageValue {
        let primary = model.primaryMetric
        let scored = entry.cases.filter(\.isScored)
        let values = scored.compactMap { $0.value(primary.id) }
        let failures = entry.cases.count - scored.count
        let strip = StripPlot(
            scale: stripScale, values: values, failed: primary.worst.map { Array(repeating: $0, count: failures) } ?? [],
            title: "\(primary.id) of each case")
        let groups = Dictionary(model.cases.map { ($0.id, $0.group) }, uniquingKeysWith: { first, _ in first })
        let middle = median(values + (primary.worst.map { Array(repeating: $0, count: failures) } ?? []))
        return [
            "metricID": .text(primary.id), "arrow": .text(primary.arrow), "hasFailures": .flag(failures > 0 && primary.worst != nil),
            "stripMarkup": .markup(strip.svg), "axisMarkup": .markup(caseScale.axis),
            "caption": .text("All \(Site.counted(entry.cases.count, "case")); the line in the plot is the median over the cases"),
            "columns": .list(model.metrics.map { ["idMarkup": Site.head($0.id), "arrow": .text($0.arrow)] }),
            "rows": .list(
                entry.cases.map { caseRow($0, group: groups[$0.record.id] ?? "", middle: middle) }),
            "evidenceNote": .text(
                "Evidence is what the scores were computed from; shown are the first 12 digits of its SHA-256, all digits are in the data files."
            ),
        ]
    }

    private func caseRow(_ result: BoardCaseResult, group: String, middle: Double?) -> PageValue {
        let primary = model.primaryMetric
        let record = result.record
        let plot = IntervalRow(
            scale: caseScale, value: result.isScored ? result.value(primary.id) : primary.worst, reference: middle,
            marker: result.isScored ? .dot : .failed)
        return [
            "id": .text(MarkupText.shortened(record.id, to: 60)), "group": .text(MarkupText.shortened(group, to: 60)),
            "verdict": .text(record.verdict.name), "isFailure": .flag(record.verdict != .ok),
            "reason": .text(ifPresent: record.reason.map { MarkupText.shortened($0, to: 300) }), "plotMarkup": .markup(plot.svg),
            "cells": .list(
                model.metrics.map { metric in
                    let score = record.scores.first { $0.id == metric.id }
                    let flags = score?.flags.map(Site.flagName).joined(separator: ", ")
                    return [
                        "value": .text(NumberText.score(score?.value)), "sort": Site.sortKey(score?.value),
                        "flags": .text(ifPresent: flags),
                    ]
                }),
            "time": .text(NumberText.seconds(result.usage?.wallSeconds)), "timeSort": Site.sortKey(result.usage?.wallSeconds),
            "memory": .text(NumberText.bytes(result.usage?.peakMemoryBytes)),
            "memorySort": Site.sortKey(result.usage?.peakMemoryBytes.map(Double.init)),
            "evidence": .text(record.evidence.map { String($0.hex.prefix(12)) } ?? "–"),
        ]
    }

    /// `bothEmpty` as `both empty`.
    static func flagName(_ flag: String) -> String {
        var name = ""
        for scalar in flag.unicodeScalars.prefix(60) {
            if scalar.properties.isUppercase { name += " " }
            name += scalar.properties.lowercaseMapping
        }
        return name
    }
}
