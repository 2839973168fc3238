internal import Plots
internal import Records
internal import WebAssets

/// All cases of all submissions side by side.
extension Site {
    /// Above this number of values a table in a page serves nobody; the files have them all.
    private static let largestTable = 30_000

    var casesPage: [String: PageValue] {
        let primary = model.primaryMetric
        var values = frame(
            title: "Cases · \(MarkupText.shortened(model.challenge.title, to: 100))",
            description: "Every case of every submission to \(model.challenge.title)", current: "cases.html")
        values["lede"] = .text(
            "\(primary.id) of every submission on every case: where all struggle, and where one stands out.")
        values["emptyText"] = .text(
            model.entries.isEmpty ? emptyText : "Results of single cases are not shown in this phase.")
        values["map"] = model.showsCases && !model.entries.isEmpty ? caseMap : .nothing
        return values
    }

    private var caseMap: PageValue {
        let primary = model.primaryMetric
        let columns = CaseColumns(model)
        let order = columns.fromHardest
        let isLower = primary.higherIsBetter == false
        return [
            "intro": .text(
                "One row a submission, one column a case, the cases from the hardest on the left to the easiest on the right "
                    + "(by their median over ranked submissions)."),
            "worstLabel": .text(caseScale.label(isLower ? caseScale.upper : caseScale.lower)),
            "bestLabel": .text(caseScale.label(isLower ? caseScale.lower : caseScale.upper)),
            "steps": .list((0..<HeatRow.shadeCount).map { .text("shade\($0)") }),
            "caption": .text(
                "\(primary.id) by submission and case; the stronger the colour the better, a low bar is a case without a result"),
            "rows": .list(addressedEntries.map { mapRow($0.entry, $0.address, columns, order) }),
            "valuesIntro": .text("\(primary.id), one line a case. A cell without a number is a case without a result."),
            "valuesCaption": .text("\(primary.id) by case and submission, in the order of the case list"),
            "columns": .list(
                tabulated.map { entry, address in
                    var fields = nameFields(entry, address)
                    fields["name"] = .text(MarkupText.shortened(entry.name, to: 24))
                    return .fields(fields)
                }),
            "cases": isTabulated ? .list(model.cases.indices.map { caseLine($0, columns) }) : .list([]),
            "valuesNote": .text(
                isTabulated
                    ? "The other metrics of each case are in cases.csv and on the pages of the submissions."
                    : "\(NumberText.count(model.cases.count * model.entries.count)) values are too many for a page; cases.csv has them all."
            ),
        ]
    }

    private var isTabulated: Bool { model.cases.count * model.entries.count <= Site.largestTable }

    private var tabulated: [(entry: BoardEntry, address: String)] { isTabulated ? addressedEntries : [] }

    private func goodness(_ value: Double) -> Double {
        let position = caseScale.position(value)
        return model.primaryMetric.higherIsBetter == false ? 1 - position : position
    }

    private func mapRow(_ entry: BoardEntry, _ address: String, _ columns: CaseColumns, _ order: [Int]) -> PageValue {
        let results = columns.results(of: entry)
        let cells = order.map { index -> HeatRow.Cell in
            guard let result = results[index], result.isScored else { return .failed }
            return result.value(model.primaryMetric.id).map { .value(goodness($0)) } ?? .undefined
        }
        let values = results.compactMap { $0?.isScored == true ? $0?.value(model.primaryMetric.id) : nil }
        let failed = cells.count { $0 == .failed }
        let middle = median(values + (model.primaryMetric.worst.map { Array(repeating: $0, count: failed) } ?? []))
        var summary = "Median \(NumberText.score(middle))"
        if let low = values.min(), let high = values.max() {
            summary += ", from \(NumberText.score(low)) to \(NumberText.score(high))"
        }
        summary += failed == 0 ? "; every case has a result." : "; \(Site.counted(failed, "case")) without a result."
        let title = "\(model.primaryMetric.id) of \(MarkupText.shortened(entry.name, to: 60)) by case"
        var fields = nameFields(entry, address)
        fields["plotMarkup"] = .markup(HeatRow(cells: cells, title: title, summary: summary).svg)
        fields["median"] = .text(NumberText.score(middle))
        fields["failed"] = .text(failed == 0 ? "0" : NumberText.count(failed))
        return .fields(fields)
    }

    private func caseLine(_ index: Int, _ columns: CaseColumns) -> PageValue {
        let boardCase = model.cases[index]
        return [
            "id": .text(MarkupText.shortened(boardCase.id, to: 60)), "group": .text(MarkupText.shortened(boardCase.group, to: 60)),
            "median": .text(NumberText.score(columns.medians[index])),
            "cells": .list(
                tabulated.map { entry, _ in
                    guard let result = columns.result(of: entry, index), result.isScored else {
                        return ["text": "–", "shade": "failure", "sort": ""]
                    }
                    guard let value = result.value(model.primaryMetric.id) else {
                        return ["text": "undefined", "shade": "undefined", "sort": ""]
                    }
                    return [
                        "text": .text(NumberText.score(value)), "shade": .text("shade\(HeatRow.shade(goodness(value)))"),
                        "sort": Site.sortKey(value),
                    ]
                }),
        ]
    }
}

/// The results of all submissions by case.
struct CaseColumns {
    /// The median of the primary metric over ranked submissions, failed cases at their worst value; by case.
    let medians: [Double?]
    /// The cases' indices from the hardest to the easiest; equally hard ones in the order of the case list.
    let fromHardest: [Int]
    private let positions: [String: Int]
    private let byEntry: [String: [BoardCaseResult?]]

    init(_ model: BoardModel) {
        let primary = model.primaryMetric
        let positions = Dictionary(model.cases.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var byEntry: [String: [BoardCaseResult?]] = [:]
        for entry in model.entries {
            var results: [BoardCaseResult?] = Array(repeating: nil, count: model.cases.count)
            for result in entry.cases { if let index = positions[result.record.id] { results[index] = result } }
            byEntry[entry.evaluation.hex] = results
        }
        let judges = model.ranked.isEmpty ? model.entries : model.ranked
        let medians = model.cases.indices.map { index in
            median(
                judges.compactMap { entry in
                    guard let result = byEntry[entry.evaluation.hex]?[index], result.isScored else { return primary.worst }
                    return result.value(primary.id)
                })
        }
        let sign = primary.higherIsBetter == false ? -1.0 : 1.0
        fromHardest = model.cases.indices.sorted { left, right in
            let keys = [left, right].map { (medians[$0] ?? 0) * sign }
            return keys[0] != keys[1] ? keys[0] < keys[1] : left < right
        }
        self.medians = medians
        self.positions = positions
        self.byEntry = byEntry
    }

    func results(of entry: BoardEntry) -> [BoardCaseResult?] { byEntry[entry.evaluation.hex] ?? [] }

    func result(of entry: BoardEntry, _ index: Int) -> BoardCaseResult? { byEntry[entry.evaluation.hex]?[index] }
}
