import Challenges
import Foundation
import Records
import Testing

/// A small challenge with evaluation records, for boards that are computed.
struct SampleChallenge {
    let challenge: Challenge
    static let caseIDs = ["a1", "a2", "b1", "b2", "c1", "c2"]

    /// - Parameter method: the ranking scheme as the challenge file writes it.
    init(method: String = "aggregateThenRank", metrics: String = "ap@1/2, pq, count.difference") throws {
        let cases =
            "id,image,truth,group\n" + SampleChallenge.caseIDs.map { "\($0),images/\($0).png,masks/\($0).png,\($0.prefix(1))\n" }.joined()
        let practice = "id,image,truth,group\np1,open/p1.png,open/m1.png,p\n"
        let reading = Challenge.read(Array(SampleChallenge.file(method: method, metrics: metrics).utf8)) { path in
            Array((path.contains("test") ? cases : practice).utf8)
        }
        challenge = try #require(reading.challenge, "\(reading.diagnostics)")
    }

    /// The phase of an id.
    func phase(_ id: String) throws -> Phase { try #require(challenge.phase(id)) }

    /// An instant: the phases run through 2027.
    static func instant(_ year: Int) throws -> Date {
        try ZonedTime("\(year)-06-01T12:00[Europe/Berlin]").date
    }

    /// A scored evaluation: a value per case for every metric, `nil` for a case that crashed.
    func record(
        _ name: String, _ values: [Double?], phase: String = "final", isSimulated: Bool = false, state: EvaluationState = .scored
    ) -> EvaluationRecord {
        let cases = zip(SampleChallenge.caseIDs, values).map { id, value in
            CaseRecord(
                id: id, verdict: value == nil ? .crash : .ok, reason: value == nil ? "secret reason" : nil,
                prediction: value.map { _ in Digest(ofText: "prediction \(name) \(id)") },
                evidence: value.map { _ in Digest(ofText: "evidence \(name) \(id)") },
                scores: value.map { value in
                    challenge.metrics.map { ScoreRecord(id: $0, value: $0 == "count.difference" ? -2 + value : value) }
                } ?? [])
        }
        return EvaluationRecord(
            challenge: challenge.id, phase: phase,
            submission: SubmissionRecord(
                name: name, kind: "program", digest: Digest(ofText: name), title: nil, authors: [], isSimulated: isSimulated),
            recipe: Recipe(
                truth: Digest(ofText: "truth"), inputs: Digest(ofText: "inputs"),
                cases: SampleChallenge.caseIDs.map { CaseIdentity(id: $0, group: String($0.prefix(1))) },
                metrics: challenge.metrics.map { $0 + "#1" }, limits: challenge.limits.byName, runner: "1", seed: 1),
            state: state, cases: cases,
            host: HostRecord(
                cases: Dictionary(
                    uniqueKeysWithValues: SampleChallenge.caseIDs.enumerated().map { index, id in
                        (id, UsageRecord(wallSeconds: Double(index + 1), cpuSeconds: nil, peakMemoryBytes: 1000 * (index + 1)))
                    }), enforced: [:]))
    }

    private static func file(method: String, metrics: String) -> String {
        """
        concours: 1
        id: sample
        title: A sample
        summary: Find the objects.
        licence: CC0-1.0
        organisers:
          - {name: Ada Lovelace, orcid: 0000-0002-1825-0097}
        task:
          kind: instanceSegmentation
          input: {image: {axes: yx, formats: [png]}}
          output: {labels: {axes: yx, formats: [tiff]}}
        splits:
          practice: {cases: open/cases.csv, visibility: public}
          test: {cases: test/cases.csv, visibility: hidden}
        phases:
          - {id: practice, kind: debug, split: practice}
          - {id: trial, kind: validation, split: test, opens: "2027-01-01T09:00[Europe/Berlin]", closes: "2027-12-01T18:00[Europe/Berlin]", quota: {submissions: 3, per: 7d}}
          - {id: final, kind: final, split: test, opens: "2027-01-01T09:00[Europe/Berlin]", closes: "2027-12-01T18:00[Europe/Berlin]", quota: {submissions: 3, per: 7d}}
        limits: {wall: 60s, cpu: 60s, memory: 1GiB, processes: 64, output: 64MiB}
        metrics: [\(metrics)]
        ranking: {scheme: \(method), aggregate: mean, ties: min, missing: worst, bootstrap: 200, seed: 1, group: group}
        design:
        \(DesignField.allCases.map { "  \($0.rawValue): Some text." }.joined(separator: "\n"))
        """
    }
}
