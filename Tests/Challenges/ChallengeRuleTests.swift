import Challenges
import Testing

/// One change of the sample and the words of the diagnostic that it must cause.
struct PlantedMistake: Sendable, CustomTestStringConvertible {
    var old: String
    var new: String
    var words: String
    var severity = Diagnostic.Severity.error

    var testDescription: String { words }
}

@Suite("Rules of the challenge file")
struct ChallengeRuleTests {
    private static let opens = "opens: 2026-12-01T09:00[Europe/Berlin]"
    private static let closes = "closes: 2027-03-01T18:00[Europe/Berlin]"

    static let mistakes: [PlantedMistake] = [
        // The head.
        .init(old: "concours: 1\n", new: "", words: "no `concours` in the file"),
        .init(old: "concours: 1\n", new: "concours: one\n", words: "write a whole number"),
        .init(old: "title: Nuclei in microscopy", new: "title:", words: "nothing as `title`"),
        .init(old: "title: Nuclei in microscopy", new: "title: [Nuclei]", words: "a list as `title`"),
        .init(old: "title: Nuclei in microscopy", new: "title: <your title>", words: "the placeholder `<your title>`"),
        .init(old: "licence: BSD-3-Clause", new: "licence: free for all", words: "no SPDX identifier"),
        .init(old: "licence: BSD-3-Clause", new: "licence: cc0", words: "write `CC0-1.0`"),
        .init(old: "https://ror.org/02catss52", new: "https://ror.org/2", words: "the ROR address"),
        .init(old: "  - name: Ada Lovelace", new: "  - nam: Ada Lovelace", words: "write `name`"),
        .init(old: "summary: Find", new: "scoring: Find", words: "the unknown key `scoring`"),
        // The task.
        .init(old: "kind: instanceSegmentation", new: "kind: tracking", words: "which this version cannot score"),
        .init(old: "image: {axes: yx", new: "image: {axes: xx", words: "`axes: xx`"),
        .init(old: "image: {axes: yx", new: "image: {axes: zc", words: "without y or x"),
        .init(old: "image: {axes: yx", new: "image: {axes: xy", words: "in the order `yx` or `zyx`"),
        .init(old: "image: {axes: yx", new: "image: {axes: tyx", words: "with time"),
        .init(old: "image: {axes: yx", new: "image: {axes: zyx", words: "write `axes: zyx`, the input's spatial axes"),
        .init(old: "labels: {axes: yx, formats: [tiff, png]}", new: "labels: {axes: yx, formats: [tif]}", words: "write `tiff`"),
        .init(old: "labels: {axes: yx, formats: [tiff, png]}", new: "labels: {axes: yx, formats: []}", words: "an empty list as `formats`"),
        .init(
            old: "labels: {axes: yx, formats: [tiff, png]}", new: "labels: {axes: yx, formats: [png, png]}", words: "the format `png` twice"
        ),
        .init(
            old: "    image: {axes: yx, formats: [tiff, png]}\n",
            new: "    image: {axes: yx, formats: [tiff]}\n    mask: {axes: yx, formats: [tiff]}\n", words: "a second input `mask`"),
        .init(old: "    labels: {", new: "    la/bels: {", words: "the name `la/bels`"),
        // Splits.
        .init(old: "visibility: hidden", new: "visibility: secret", words: "write `public` or `hidden`"),
        .init(old: "cases: data/test/cases.csv", new: "cases: data/none/cases.csv", words: "which does not exist"),
        .init(old: "cases: data/test/cases.csv", new: "cases: ../test/cases.csv", words: "leaves its folder"),
        .init(old: "cases: data/test/cases.csv", new: "cases: /data/test/cases.csv", words: "is absolute"),
        .init(old: "cases: data/test/cases.csv", new: "cases: data/test/cases.txt", words: "a CSV file"),
        .init(old: "cases: data/test/cases.csv", new: "cases: data/practice/cases.csv", words: "the case list of split `practice` again"),
        .init(
            old: "  test: {cases", new: "  spare: {cases: data/practice/more.csv, visibility: hidden}\n  test: {cases",
            words: "the hidden split `spare`, which no phase uses", severity: .warning),
        // Phases.
        .init(old: "  - id: practice\n", new: "  - id: final\n", words: "the phase id `final` a second time"),
        .init(old: "    kind: debug\n", new: "    kind: final\n", words: "the public split `practice` in phase `practice` of kind `final`"),
        .init(
            old: "    kind: debug\n    split: practice", new: "    kind: debug\n    split: test", words: "the hidden split `test` in phase"),
        .init(old: "    kind: final\n", new: "    kind: finale\n", words: "write `kind: final`"),
        .init(old: "    \(opens)\n", new: "", words: "no `opens` in phase `final` of kind `final`"),
        .init(old: "    \(closes)\n", new: "", words: "`results` without `closes`"),
        .init(old: "    quota: {submissions: 3, per: 7d}\n", new: "", words: "no `quota` in phase `final`"),
        .init(old: "per: 7d", new: "per: 7 weeks", words: "unknown unit `weeks`"),
        .init(old: "per: 7d", new: "per: 10s", words: "from 1min to 3660d"),
        .init(old: "submissions: 3", new: "submissions: three", words: "`submissions: three`"),
        .init(old: closes, new: "closes: 2026-12-01T09:00[Europe/Berlin]", words: "not after `opens"),
        .init(old: closes, new: "closes: 2026-12-01T08:30[Europe/London]", words: "nothing"),
        .init(old: closes, new: "closes: 2026-12-01T08:00[Europe/London]", words: "not after `opens"),
        .init(old: "results: 2027-03-15T12:00", new: "results: 2027-02-15T12:00", words: "before `closes"),
        .init(old: opens, new: "opens: 2026-12-01", words: "a time without a zone"),
        .init(old: opens, new: "opens: 2026-12-01T09:00Z", words: "a time without a zone"),
        .init(old: opens, new: "opens: 2026-12-01T09:00+01:00", words: "a time without a zone"),
        .init(old: opens, new: "opens: tomorrow[Europe/Berlin]", words: "which is no time"),
        .init(old: opens, new: "opens: 2026-12-01T24:00[Europe/Berlin]", words: "in no calendar"),
        .init(old: opens, new: "opens: 2026-02-29T09:00[Europe/Berlin]", words: "in no calendar"),
        .init(old: opens, new: "opens: 2026-12-01T09:00[CET]", words: "unknown zone `CET`"),
        .init(old: opens, new: "opens: 2026-03-29T02:30[Europe/Berlin]", words: "does not exist there"),
        .init(old: opens, new: "opens: 2026-10-25T02:30[Europe/Berlin]", words: "comes twice there"),
        .init(
            old: "    split: practice\n", new: "    split: practice\n    results: 2027-03-15T12:00[Europe/Berlin]\n",
            words: "whose results are shown at once"),
        .init(
            old: "  - id: practice\n",
            new: "  - id: later\n    kind: archive\n    split: test\n    opens: 2027-03-10T00:00[Europe/Berlin]\n"
                + "    quota: {submissions: 1, per: 30d}\n  - id: practice\n",
            words: "before the results of `final` on the same split"),
        .init(
            old: "  - id: practice\n",
            new: "  - id: val\n    kind: validation\n    split: test\n    opens: 2026-11-10T00:00[UTC]\n    closes: 2026-11-20T00:00[UTC]\n"
                + "    quota: {submissions: 1, per: phase}\n  - id: practice\n",
            words: "the split `test` of the final phase `final` in the validation phase", severity: .warning),
        // Limits.
        .init(old: "  wall: 60s\n", new: "", words: "no `wall` in limits; write `wall: 60s`"),
        .init(old: "  cpu: 60s\n", new: "  cpu: 100d\n", words: "from 1s to 40d"),
        .init(old: "memory: 2GiB", new: "memory: 2KiB", words: "from 64MiB to 4TiB"),
        .init(old: "memory: 2GiB", new: "memory: 9999999999999999999GiB", words: "write a whole number with a unit"),
        .init(old: "memory: 2GiB", new: "memory: 2", words: "`memory: 2` without a unit"),
        .init(old: "memory: 2GiB", new: "memory: 1.5GiB", words: "unknown unit `.5GiB`"),
        .init(old: "processes: 64", new: "processes: 64 or so", words: "write a whole number"),
        .init(old: "output: 256MiB", new: "output: much", words: "write a whole number with a unit"),
        // Metrics.
        .init(old: "  - pq\n", new: "  - ap@1/2\n", words: "the metric `ap@1/2` a second time"),
        .init(old: "  - pq\n", new: "  - ap@2/4\n", words: "write `ap@1/2`"),
        .init(old: "  - pq\n", new: "  - {pq: 1}\n", words: "as a metric"),
        .init(old: "  - pq\n", new: "  - nonsense\n", words: "the unknown metric `nonsense`"),
        .init(
            old: "  - ap@1/2:19/20:1/20\n  - ap@1/2\n  - pq\n", new: "  - count.truth\n  - pq\n",
            words: "neither of more and less is better"),
        .init(
            old: "  - ap@1/2:19/20:1/20\n  - ap@1/2\n  - pq\n", new: "  - count.absoluteDifference\n  - pq\n",
            words: "no finite value is the worst, so that `missing: worst` has no value"),
        .init(
            old: "  - ap@1/2:19/20:1/20\n  - ap@1/2\n  - pq\n", new: "  - dice\n  - iou\n",
            words: "metrics that see foreground or numbers only", severity: .warning),
        .init(
            old: "  - ap@1/2:19/20:1/20\n  - ap@1/2\n  - pq\n", new: "  - ap@1/2\n  - f1@1/2\n", words: "one IoU threshold in all metrics",
            severity: .warning),
        .init(old: "  - ap@1/2:19/20:1/20\n  - ap@1/2\n  - pq\n", new: "  []\n", words: "an empty list as `metrics`"),
        // Ranking.
        .init(old: "aggregate: mean", new: "aggregate: average", words: "write `mean` or `median`"),
        .init(old: "ties: min", new: "ties: max", words: "write `min`"),
        .init(old: "missing: worst", new: "missing: ignore", words: "`missing: ignore`"),
        .init(old: "bootstrap: 1000", new: "bootstrap: 0", words: "from 100 to 100000"),
        .init(old: "seed: 1\n", new: "seed: -1\n", words: "`seed: -1`"),
        .init(old: "  group: group\n", new: "  group: patient\n", words: "write `group` or `case`"),
        .init(old: "  bootstrap: 1000\n", new: "", words: "no `bootstrap` in ranking"),
        .init(old: "  missing: worst\n", new: "", words: "no `missing` in ranking"),
        .init(old: "  ties: min\n", new: "", words: "no `ties` in ranking"),
        // Design.
        .init(
            old: "  ethics: \"not applicable: cultured cells, no personal data\"", new: "  ethics: \"not applicable: \"",
            words: "without a reason"),
        .init(old: "  cohort: Fluorescence", new: "  cohrt: Fluorescence", words: "write `cohort`"),
        .init(old: "  cohort: Fluorescence", new: "  cohort: # Fluorescence", words: "nothing as `cohort` in design"),
    ]

    @Test("Each rule names its mistake, in the changed line", arguments: mistakes)
    func named(mistake: PlantedMistake) {
        let text = Sample.changed(mistake.old, to: mistake.new)
        let lists = ["data/practice/more.csv": Sample.caseList("m")]
        let (challenge, diagnostics) = Sample.read(text, lists: lists)
        let found = diagnostics.filter { $0.text.contains(mistake.words) }
        if mistake.expectsNothing {
            #expect(diagnostics.isEmpty, "\(diagnostics.map(\.text))")
            return
        }
        #expect(found.count == 1, "\(diagnostics.map(\.text))")
        #expect(found.first?.severity == mistake.severity)
        #expect((challenge == nil) == diagnostics.containError)
        // The line of the mistake is one that the change touched, or the line of the section where a key is missing.
        let before = Sample.yaml.split(separator: "\n", omittingEmptySubsequences: false)
        let after = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = zip(before, after).prefix { $0 == $1 }.count
        let end = after.count - zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
        if let line = found.first?.line, !mistake.words.contains("no `"), !mistake.isElsewhere {
            #expect(line > start && line <= max(end, start + 1), "line \(line), changed \(start + 1) to \(end)")
        }
    }
}

extension PlantedMistake {
    /// Marks a change that is no mistake.
    var expectsNothing: Bool { words == "nothing" }

    /// Mistakes between two places are told at the later of them.
    var isElsewhere: Bool {
        ["a second time", "write `axes: zyx`", "`results` without", "is no time", "the public split"].contains { words.contains($0) }
    }
}
