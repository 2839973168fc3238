import Leaderboards
import Records

/// Boards of made-up submissions, the same on every run.
enum SampleBoard {
    /// Six submissions, one of them simulated and one with failures, on eight cases in four groups.
    static func usual() -> BoardModel {
        let cases = (0..<8).map { BoardCase(id: "c\($0 + 1)", group: "field-\($0 / 2 + 1)") }
        var entries = [
            entry("unet", title: "U-Net, 3 levels", kind: "model", authors: ["Ada Lovelace", "Emmy Noether"], quality: 0.86, cases: cases),
            entry("watershed", kind: "program", authors: ["Ada Lovelace"], quality: 0.83, cases: cases),
            entry("stardist-like", title: "Star-convex shapes", kind: "model", authors: ["Lise Meitner"], quality: 0.80, cases: cases),
            entry("otsu", kind: "program", authors: [], quality: 0.58, cases: cases),
            entry(
                "flaky", kind: "program", authors: ["Anonymous"], quality: 0.74, cases: cases,
                failures: [
                    2: (.crash, "The program was ended by signal 11."), 5: (.memoryLimit, "The program needed more than 2 GiB."),
                    6: (.invalidOutput, "labels.tif: found shape (100, 128), expected (128, 128)."),
                ]),
            entry(
                "simulated-errors", title: "Simulated errors", kind: "predictions", authors: ["The organisers"], quality: 0.91,
                cases: cases, isSimulated: true),
        ]
        rank(&entries)
        return model(cases: cases, groups: 4, entries: entries)
    }

    /// Sixty submissions on two hundred cases.
    static func large() -> BoardModel {
        let cases = (0..<200).map { BoardCase(id: "case-\(1000 + $0)", group: "plate-\($0 / 10 + 1)") }
        var entries = (0..<60).map { index in
            let failures: [Int: (Verdict, String)] = index % 7 == 3 ? [(index * 13) % 200: (.timeLimit, "Stopped after 60 s.")] : [:]
            return entry(
                "submission-\(index + 1)", title: index % 3 == 0 ? "Method number \(index + 1) with a longer title" : nil,
                kind: index % 4 == 0 ? "program" : "model", authors: ["Team \(index + 1)"], quality: 0.88 - Double(index) * 0.009,
                cases: cases, failures: failures, isSimulated: index == 11)
        }
        rank(&entries)
        return model(cases: cases, groups: 20, entries: entries)
    }

    /// No submission yet.
    static func empty() -> BoardModel {
        model(cases: [], groups: 4, entries: [])
    }

    /// Names that try to get out of the page, run backwards, hide or fill the screen.
    static func hostile() -> BoardModel {
        let cases = [
            BoardCase(id: "<img src=x onerror=alert(1)>", group: "\"'&<>"), BoardCase(id: "=1+1", group: "g\u{202E}1"),
            BoardCase(id: "c3", group: "{{policy}}"),
        ]
        var entries = hostileNames.enumerated().map { index, name in
            entry(
                name, title: index % 2 == 0 ? name : nil, kind: index == 0 ? "<b>kind</b>" : "model",
                authors: [name, "O'Brien \"& Sons\""],
                quality: 0.9 - Double(index) * 0.05, cases: cases,
                failures: index == 1 ? [0: (.invalidOutput, "</script><script>alert(2)</script>")] : [:], isSimulated: index == 2)
        }
        rank(&entries)
        var model = model(cases: cases, groups: 3, entries: entries)
        model.challenge.title = "</title><script>alert('title')</script>"
        model.challenge.summary = "\u{202E}backwards\u{2066} <b>bold</b> {{{scriptMarkup}}} --> ]]>"
        model.challenge.licence = "javascript:alert(1)"
        model.challenge.organisers = [BoardPerson(name: "\" onmouseover=\"alert(3)", affiliation: "<i>Institute</i>")]
        model.warnings = ["<script>alert(4)</script>"]
        return model
    }

    static let hostileNames = [
        "<script>alert(1)</script>", "\"\u{301} onload=\"alert(1)", "'><svg onload=alert(1)>", "\u{202E}txet desrever",
        "abc\u{200B}def\u{0}\u{1B}[31m", "مرحبا بالعالم 123", "</script><!--", "{{{structuredDataMarkup}}}",
        String(repeating: "long name ", count: 1000), String(repeating: "W", count: 10_000),
        "zalgo" + String(repeating: "\u{301}\u{323}", count: 60), "=HYPERLINK(\"http://example.org\")", "",
    ]

    // MARK: Parts

    static let metrics = [
        metric("ap@1/2:19/20:1/20", "Average precision, mean over ten thresholds"), metric("ap@1/2", "Average precision at IoU 1/2"),
        metric("pq", "Panoptic quality"), metric("dice", "Dice coefficient of the foreground"),
        BoardMetric(
            id: "count.difference", title: "Difference of the counts",
            convention: "Objects in the prediction minus objects in the truth.", source: "Counting.", version: 1,
            range: -Double.infinity...Double.infinity, higherIsBetter: nil, worst: nil),
    ]

    private static func metric(_ id: String, _ title: String) -> BoardMetric {
        BoardMetric(
            id: id, title: title,
            convention: "TP / (TP + FP + FN) at each threshold, then the mean. Matching is one-to-one and maximises the number of pairs "
                + "with IoU at or above the threshold; thresholds are exact fractions. Both images empty: 1, flagged bothEmpty. "
                + "Only one of them empty: 0, flagged truthEmpty or predictionEmpty.",
            source: "Caicedo et al. 2019 (Data Science Bowl 2018); agrees with stardist 0.9 matching.", version: 1, range: 0...1,
            higherIsBetter: true, worst: 0)
    }

    private static func model(cases: [BoardCase], groups: Int, entries: [BoardEntry]) -> BoardModel {
        BoardModel(
            challenge: BoardChallenge(
                id: "nuclei", title: "Nuclei in microscopy",
                summary: "Find every nucleus in two-dimensional fluorescence images, and tell touching nuclei apart.",
                organisers: [
                    BoardPerson(name: "Rosalind Franklin", orcid: "0000-0002-1825-0097", affiliation: "Institute of Imaging"),
                    BoardPerson(name: "Santiago Ramón y Cajal"),
                ], licence: "CC0-1.0"),
            phase: BoardPhase(
                id: "final", title: "Final", kind: "hidden cases", period: "1 December 2026 to 1 March 2027, 18:00 Europe/Berlin"),
            metrics: metrics,
            ranking: BoardRanking(
                scheme: "rankThenAggregate",
                steps: [
                    "On each case, submissions are ranked by ap@1/2:19/20:1/20, higher first; equal values share the smaller rank.",
                    "The ranks of a submission are averaged over all cases.",
                    "Submissions are ranked by that mean, lower first; equal means share the smaller rank.",
                ], rankingValueName: "Mean rank",
                distinctionRule:
                    "The rule: among 1000 draws of the groups, it comes out at rank 1 or before the leader in more than 2.5 %.",
                draws: 1000, seed: 1, meanKendallTau: 0.873),
            caseCount: max(cases.count, entries.isEmpty ? 8 : 0), groupCount: groups, cases: cases, entries: entries,
            limits: [
                BoardTerm("Time", "60 s"), BoardTerm("Processor time", "60 s"), BoardTerm("Memory", "2.00 GiB"),
                BoardTerm("Processes", "64"), BoardTerm("Output", "256 MiB"),
            ],
            warnings: [
                "There are 8 cases in 4 groups. Intervals from so few are rough; at least 50 cases are advisable."
            ])
    }

    private static func entry(
        _ name: String, title: String? = nil, kind: String, authors: [String], quality: Double, cases: [BoardCase],
        failures: [Int: (Verdict, String)] = [:], isSimulated: Bool = false
    ) -> BoardEntry {
        var noise = Noise(seed: Digest(ofText: name).bytes.prefix(4).reduce(0) { $0 << 8 | UInt64($1) })
        let digest = Digest(ofText: "submission " + name)
        var sums = Array(repeating: 0.0, count: metrics.count)
        let results = cases.enumerated().map { index, boardCase -> BoardCaseResult in
            let usage = UsageRecord(
                wallSeconds: 0.4 + quality * noise.next(), cpuSeconds: 0.9, peakMemoryBytes: 40_000_000 + Int(noise.next() * 3e8))
            if let (verdict, reason) = failures[index] {
                return BoardCaseResult(
                    record: CaseRecord(id: boardCase.id, verdict: verdict, reason: reason, prediction: nil, evidence: nil, scores: []),
                    usage: usage)
            }
            let hardness = Double((index * 37) % 11) / 60
            let values = metrics.indices.map { column in
                column == 4
                    ? Double(Int(noise.next() * 9) - 4)
                    : min(1, max(0, quality - hardness + 0.12 * (noise.next() - 0.5) + 0.02 * Double(column)))
            }
            for column in sums.indices { sums[column] += values[column] }
            return BoardCaseResult(
                record: CaseRecord(
                    id: boardCase.id, verdict: .ok, reason: nil, prediction: Digest(ofText: "p\(name)\(index)"),
                    evidence: Digest(ofText: "e\(name)\(index)"),
                    scores: zip(metrics, values).map {
                        ScoreRecord(id: $0.id, value: $1, flags: index == 7 && $0.id == "pq" ? ["bothEmpty"] : [])
                    }), usage: usage)
        }
        let width = 0.5 / Double(cases.count).squareRoot() * 0.35
        return BoardEntry(
            submission: SubmissionRecord(
                name: name, kind: kind, digest: digest, title: title, authors: authors, isSimulated: isSimulated),
            team: nil, evaluation: Digest(ofText: "evaluation " + name), standing: nil,
            results: zip(metrics, sums).map { metric, sum in
                let mean = sum / Double(max(1, cases.count))
                return BoardResult(
                    metric: metric.id, value: mean, interval: (mean - width)...min(metric.range.upperBound, mean + width * 0.9))
            }, scoredCount: cases.count - failures.count,
            verdicts: BoardVerdictCount.counts(of: results.map(\.record.verdict)), medianWallSeconds: 0.4 + quality / 2,
            peakMemoryBytes: 240_000_000, cases: results)
    }

    private static func rank(_ entries: inout [BoardEntry]) {
        let values = entries.filter { !$0.isSimulated }.map { $0.results[0].value ?? 0 }
        let count = values.count
        for index in entries.indices where !entries[index].isSimulated {
            let own = entries[index].results[0].value ?? 0
            let rank = 1 + values.count { $0 > own }
            let low = max(1, rank - 1), high = min(count, rank + 2)
            var shares = Array(repeating: 0.0, count: count)
            for near in low...high { shares[near - 1] = near == rank ? 0.7 : 0.3 / Double(high - low) }
            entries[index].standing = BoardStanding(
                rank: rank, interval: Double(low)...Double(high), median: Double(rank), shares: shares,
                rankingValue: Double(rank) * 1.07 + 0.3,
                isTiedWithFirst: rank == 2)
        }
    }

    /// SplitMix64, for made-up values only.
    private struct Noise {
        var state: UInt64

        init(seed: UInt64) { state = seed }

        /// A number in 0…1.
        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
        }
    }
}
