import Challenges
import Foundation
import Imaging
import Ranking
import Testing

@Suite("Challenge file")
struct ChallengeFileTests {
    @Test("The example is read whole and without any diagnostic")
    func example() throws {
        let (read, diagnostics) = Sample.read(Sample.yaml)
        #expect(diagnostics.map(\.text) == [])
        let challenge = try #require(read)
        #expect(challenge.id == "nuclei")
        #expect(challenge.licence == "BSD-3-Clause")
        #expect(challenge.organisers.first?.affiliation?.ror == "https://ror.org/02catss52")
        #expect(challenge.task.kind == .instanceSegmentation)
        #expect(challenge.task.input.axes == [.y, .x])
        #expect(challenge.splits.map(\.visibility) == [.public, .hidden])
        #expect(challenge.phases.map(\.kind) == [.debug, .final])
        #expect(challenge.phase("practice")?.title == "practice")
        #expect(challenge.phase("final")?.quota == Quota(submissions: 3, period: .rolling(seconds: 604_800)))
        #expect(challenge.limits == Limits(wallSeconds: 60, cpuSeconds: 60, memoryBytes: 2 << 30, processes: 64, outputBytes: 256 << 20))
        #expect(challenge.metrics == ["ap@1/2:19/20:1/20", "ap@1/2", "pq"])
        #expect(challenge.ranking.method == .rankThenAggregate)
        #expect(challenge.ranking.seed == 1)
        #expect(challenge.design.count == DesignField.allCases.count)
        let entry = try #require(challenge.cases(of: "test").first)
        #expect(entry.image == "data/test/images/t0.tif")
        #expect(entry.truth == "data/test/labels/t0.tif")
        #expect(entry.line == 2)
        #expect(challenge.split("test")?.groupCount == 6)
    }

    @Test("Flow style with quoted times is the same challenge")
    func flowStyle() {
        let flow = Sample.changed(
            """
              - id: final
                title: Final test
                kind: final
                split: test
                opens: 2026-12-01T09:00[Europe/Berlin]
                closes: 2027-03-01T18:00[Europe/Berlin]
                results: 2027-03-15T12:00[Europe/Berlin]
                quota: {submissions: 3, per: 7d}
            """,
            to: """
                  - {id: final, title: Final test, kind: final, split: test, opens: "2026-12-01T09:00[Europe/Berlin]",
                     closes: "2027-03-01T18:00[Europe/Berlin]", results: '2027-03-15T12:00[Europe/Berlin]', quota: {submissions: 3, per: 7d}}
                """)
        let (read, diagnostics) = Sample.read(flow)
        #expect(diagnostics.isEmpty)
        #expect(read == Sample.read(Sample.yaml).challenge)
        // Without the quotes it is no YAML for others; we read it and say so, once, in the right line.
        let unquoted = flow.replacingOccurrences(of: "\"2026-12-01T09:00[Europe/Berlin]\"", with: "2026-12-01T09:00[Europe/Berlin]")
            .replacingOccurrences(of: "'2027-03-15T12:00[Europe/Berlin]'", with: "2027-03-15T12:00[Europe/Berlin]")
        let (lenient, warnings) = Sample.read(unquoted)
        #expect(lenient == read)
        #expect(warnings.map(\.severity) == [.warning])
        #expect(warnings.first?.line == Sample.line(of: "opens:", in: unquoted))
    }

    @Test("Many planted mistakes in one file are all named, each in its line")
    func allInOneGo() {
        var text = Sample.yaml
        // What is planted, and the words of the diagnostic that must name it in that line.
        let planted: [(old: String, new: String, marker: String, words: String)] = [
            ("concours: 1\n", "concours: 2\n", "concours: 2", "found `concours: 2`"),
            ("id: nuclei\n", "id: nuclei of cells\n", "id: nuclei of", "found `id: nuclei of cells`"),
            ("licence: BSD-3-Clause", "licence: CC-BY", "licence: CC-BY", "write `CC-BY-4.0`"),
            ("orcid: 0000-0002-1825-0097", "orcid: 0000-0002-1825-0098", "orcid:", "check digit"),
            ("kind: instanceSegmentation", "kind: instanceSegmentatoin", "instanceSegmentatoin", "write `kind: instanceSegmentation`"),
            ("labels: {axes: yx, formats: [tiff, png]}", "labels: {axes: zyx, formats: [tiff, jpeg]}", "labels: {", "the format `jpeg`"),
            ("split: practice\n", "split: practise\n", "practise", "write `split: practice`"),
            ("opens: 2026-12-01T09:00[Europe/Berlin]", "opens: 2026-12-01T09:00", "opens:", "a time without a zone"),
            ("closes: 2027-03-01T18:00[Europe/Berlin]", "closes: 2027-02-30T18:00[Europe/Berlin]", "closes:", "in no calendar"),
            ("quota: {submissions: 3, per: 7d}", "quota: {submissions: 0, per: 7}", "quota:", "`per: 7` without a unit"),
            ("  wall: 60s\n", "  wal: 60s\n", "wal: 60s", "write `wall`"),
            ("memory: 2GiB", "memory: 2GB8", "2GB8", "unknown unit"),
            ("processes: 64", "processes: 0", "processes: 0", "from 1 to 4096"),
            ("  - ap@1/2\n", "  - ap@0.5\n", "ap@0.5", "write `ap@1/2`"),
            ("  - pq\n", "  - qp\n", "- qp", "the unknown metric `qp`"),
            ("scheme: rankThenAggregate", "scheme: rankThenAggregated", "scheme:", "write `scheme: rankThenAggregate`"),
            ("  seed: 1\n", "", "ranking:", "no `seed` in ranking"),
            ("  ties: min\n", "  ties: min\n  ties: min\n", "", "the key `ties` a second time"),
            ("awards: \"not applicable: it is an example\"", "awards: not applicable", "awards:", "without a reason"),
            ("  aims: Accuracy of detection and outline on images that no method has seen.\n", "", "design:", "no `aims` in design"),
            ("  lifeCycle: Held once, kept open as an example.\n", "  lifeCycle: TODO\n", "lifeCycle:", "`TODO` as `lifeCycle`"),
        ]
        for change in planted { text = Sample.changed(change.old, to: change.new, in: text) }
        let (challenge, diagnostics) = Sample.read(text)
        #expect(challenge == nil)
        for change in planted where !change.marker.isEmpty {
            let line = Sample.line(of: change.marker, in: text)
            #expect(
                diagnostics.contains { $0.line == line && $0.text.contains(change.words) && $0.severity == .error },
                "\(change.words) in line \(line ?? 0)")
        }
        let second = text.components(separatedBy: "\n").lastIndex { $0 == "  ties: min" }
        #expect(diagnostics.contains { $0.line == second.map { $0 + 1 } && $0.found.contains("the key `ties` a second time") })
        #expect(diagnostics.contains { $0.text.contains("`submissions: 0`") })
        #expect(diagnostics.contains { $0.text.contains("output `axes: zyx` for an input with `axes: yx`") })
        // Nothing is reported that was not planted: three mistakes share a line with another one, a missing `wall` follows from `wal`.
        let errors = diagnostics.filter { $0.severity == .error }
        #expect(errors.count == planted.count + 3, "\(errors.map(\.text).joined(separator: "\n"))")
        #expect(diagnostics.allSatisfy { $0.severity == .error || $0.found.hasPrefix("what was not looked at because of line") })
    }

    @Test("Diagnostics read as one line: place, what was found, what to write")
    func golden() {
        let cases: [(old: String, new: String, text: String)] = [
            (
                "wall: 60s", "wall: 60",
                "challenge.yaml:37: found `wall: 60` without a unit; write `wall: 60s` if that is meant (units: s, min, h, d)"
            ),
            (
                "memory: 2GiB", "memory: 2gib",
                "challenge.yaml:39: found `memory: 2gib` with the unknown unit `gib`; write `memory: 2GiB`"
            ),
            (
                "opens: 2026-12-01T09:00[Europe/Berlin]", "opens: 2026-12-01T09:00",
                "challenge.yaml:31: found `opens: 2026-12-01T09:00`, a time without a zone; "
                    + "write `opens: 2026-12-01T09:00[Europe/Berlin]` with the zone that is meant"
            ),
            (
                "opens: 2026-12-01T09:00[Europe/Berlin]", "opens: 2026-12-01T09:00[Europe/Berln]",
                "challenge.yaml:31: found `opens: 2026-12-01T09:00[Europe/Berln]` with the unknown zone `Europe/Berln`; write `[Europe/Berlin]`"
            ),
            (
                "licence: BSD-3-Clause", "license: BSD-3-Clause",
                "challenge.yaml:6: found the unknown key `license` in the file; write `licence`"
            ),
            ("split: test\n", "split: tset\n", "challenge.yaml:30: found the unknown split `tset` in phase `final`; write `split: test`"),
        ]
        for (old, new, text) in cases {
            let texts = Sample.read(Sample.changed(old, to: new)).diagnostics.map(\.text)
            #expect(texts.contains(text), "\(texts)")
        }
    }

    @Test("A diagnostic is the same after a round through JSON")
    func codable() throws {
        let diagnostic = Diagnostic(file: "challenge.yaml", line: 3, column: 4, severity: .warning, found: "a", write: "b")
        #expect(try JSONDecoder().decode(Diagnostic.self, from: JSONEncoder().encode(diagnostic)) == diagnostic)
        #expect(diagnostic.text == "challenge.yaml:3: warning: found a; b")
    }
}
