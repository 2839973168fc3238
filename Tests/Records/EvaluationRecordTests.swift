import Records
import Testing

@Suite("The digest of an evaluation")
struct EvaluationRecordTests {
    private let record = EvaluationRecord(
        challenge: "nuclei", phase: "final",
        submission: SubmissionRecord(
            name: "otsu", kind: "program", digest: Digest(ofText: "s"), title: nil, authors: ["A"], isSimulated: false),
        recipe: Recipe(
            truth: Digest(ofText: "t"), inputs: Digest(ofText: "i"), cases: [CaseIdentity(id: "c1", group: "g")], metrics: ["pq#1"],
            limits: ["wallSeconds": 60], runner: "0.1", seed: 1),
        state: .scored,
        cases: [
            CaseRecord(
                id: "c1", verdict: .ok, reason: nil, prediction: Digest(ofText: "p"), evidence: nil,
                scores: [ScoreRecord(id: "pq", value: 0.5), ScoreRecord(id: "ap@1/2", value: nil, flags: ["bothEmpty"])])
        ],
        host: HostRecord(cases: ["c1": UsageRecord(wallSeconds: 1.25, cpuSeconds: nil, peakMemoryBytes: 4096)], enforced: [:]))

    /// Computed from the same text with another implementation of SHA-256 (Python's hashlib).
    @Test("It is SHA-256 of the canonical JSON without the host's part")
    func golden() throws {
        let digests = ["p", "s", "i", "t"].map { Digest(ofText: $0).hex }
        let text =
            #"{"cases":[{"id":"c1","prediction":""# + digests[0]
            + #"","scores":[{"flags":[],"id":"pq","value":0.5},{"flags":["bothEmpty"],"id":"ap@1/2"}],"verdict":"ok"}],"#
            + #""challenge":"nuclei","phase":"final","recipe":{"cases":[{"group":"g","id":"c1"}],"inputs":""# + digests[2]
            + #"","limits":{"wallSeconds":60},"metrics":["pq#1"],"runner":"0.1","seed":1,"truth":""# + digests[3]
            + #""},"state":"scored","submission":{"authors":["A"],"digest":""# + digests[1]
            + #"","isSimulated":false,"kind":"program","name":"otsu"},"version":1}"#
        #expect(String(decoding: try record.reproducibleBytes(), as: UTF8.self) == text)
        #expect(try record.digest().hex == "950471e84c1c9091f511f37243359124ccc297d874e2a31617f143833037ea68")
    }

    @Test("The host's part does not change it, everything else does")
    func host() throws {
        var other = record
        other.host = HostRecord(cases: [:], enforced: ["memory": "cgroup-v2"])
        #expect(try other.digest() == record.digest())
        other.cases[0].scores[0].value = 0.5.nextUp
        #expect(try other.digest() != record.digest())
        other = record
        other.recipe.seed = 2
        #expect(try other.digest() != record.digest())
    }

    @Test("The whole record reads back equal")
    func roundTrip() throws {
        #expect(try CanonicalJSON.decode(EvaluationRecord.self, from: CanonicalJSON.encode(record)) == record)
    }
}
