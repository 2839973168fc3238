public import Challenges
import Foundation
import Metrics
public import Records

/// Recomputes what a folder of runs claims: the chain, every digest, every score from its evidence, and the recipe from the challenge.
public struct Verification: Sendable {
    /// One thing that is not as it was written down.
    public struct Difference: Sendable, Codable, Equatable {
        /// The file or evaluation, relative to the folder of runs.
        public let place: String
        /// What is there.
        public let found: String
        /// What was written down or follows from it.
        public let expected: String

        /// States a difference.
        public init(place: String, found: String, expected: String) {
            self.place = place
            self.found = found
            self.expected = expected
        }
    }

    /// Evaluations that were looked at.
    public private(set) var evaluationCount = 0
    /// The digest of the chain's last line: compare it with one kept elsewhere, since nothing in the folder itself can show that its
    /// last entries were replaced or cut off. `nil` where there is no chain.
    public private(set) var head: Digest?
    /// Scores that were computed again.
    public private(set) var scoreCount = 0
    /// Everything that differs, in the order of the chain.
    public private(set) var differences: [Difference] = []

    /// Verifies a folder of runs; with a challenge also that its data is still what the recipes name.
    public init(of runs: RunsFolder, challenge: (Challenge, folder: String)? = nil, progress: (String) -> Void = { _ in }) {
        guard FileManager.default.fileExists(atPath: runs.chain.path) else {
            report(runs.path, found: "no chain.jsonl", expected: "a folder of runs, as `concours evaluate` makes it")
            return
        }
        let chain: HashChain
        do { chain = try runs.chain.read() } catch {
            report("chain.jsonl", found: "\(error)", expected: "an unbroken chain of records")
            return
        }
        head = chain.head
        for entry in chain.entries {
            progress(entry.name)
            evaluationCount += 1
            guard let stored = try? runs.read(entry.name) else {
                report("\(entry.name)/record.json", found: "no readable record", expected: "the record of digest \(entry.digest)")
                continue
            }
            let digest = try? stored.record.digest()
            if digest != entry.digest {
                report(
                    "\(entry.name)/record.json", found: "digest \(digest?.hex ?? "none")", expected: "digest \(entry.digest) (chain.jsonl)")
            }
            for item in stored.record.cases { check(item, of: stored) }
            checkFiles(of: stored)
            if let (challenge, folder) = challenge { check(stored, against: challenge, folder: folder) }
        }
        let known = Set(chain.entries.map(\.name))
        let found = (try? FileManager.default.contentsOfDirectory(atPath: runs.path)) ?? []
        for name in found.sorted() where !known.contains(name) && name != "chain.jsonl" && !name.hasPrefix(".") {
            report(name, found: "a file or folder that the chain does not name", expected: "only evaluations of the chain")
        }
    }

    private mutating func report(_ place: String, found: String, expected: String) {
        differences.append(Difference(place: place, found: found, expected: expected))
    }

    /// Every file of an evaluation follows from its record; the record itself is canonical. Logs, times and memory are not covered.
    private mutating func checkFiles(of stored: StoredEvaluation) {
        let record = FileManager.default.contents(atPath: stored.path + "/record.json").map { [UInt8]($0) }
        if record != (try? CanonicalJSON.encode(stored.record)) {
            report("\(stored.name)/record.json", found: "other bytes than the canonical ones", expected: "canonical JSON (RFC 8785)")
        }
        var expected: Set<String> = ["record.json", "evidence", "predictions", "logs"]
        for item in stored.record.cases {
            if item.evidence != nil { expected.insert("evidence/\(item.id).json") }
            expected.formUnion(["logs/\(item.id).stdout.txt", "logs/\(item.id).stderr.txt"])
            if item.prediction != nil, let file = predictions(of: item.id, in: stored).first { expected.insert("predictions/\(file)") }
        }
        let found = FileManager.default.enumerator(atPath: stored.path)?.compactMap { $0 as? String } ?? []
        for name in found.sorted() where !expected.contains(name) {
            report("\(stored.name)/\(name)", found: "a file that the record does not name", expected: "only what the record names")
        }
    }

    private func predictions(of caseID: String, in stored: StoredEvaluation) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: stored.path + "/predictions")) ?? []
        return names.filter { $0.hasPrefix(caseID + ".") }.sorted()
    }

    private mutating func check(_ item: CaseRecord, of stored: StoredEvaluation) {
        if let prediction = item.prediction {
            compare("predictions/\(predictions(of: item.id, in: stored).first ?? item.id)", of: stored, with: prediction)
        }
        guard let evidence = item.evidence else { return }
        let name = "evidence/\(item.id).json"
        guard compare(name, of: stored, with: evidence) else { return }
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: stored.path + "/" + name)))
            let metrics = try item.scores.map { try MetricCatalog.metric(for: $0.id) }
            let scores = ScoreSet(try Evidence(json: bytes), metrics)
            for (score, entry) in zip(item.scores, scores.entries) {
                scoreCount += 1
                if score.value != entry.score.value || score.flags != entry.score.flags.map(\.rawValue) {
                    report(
                        "\(stored.name)/record.json, case \(item.id), \(score.id)", found: "\(Self.text(score.value))",
                        expected: "\(Self.text(entry.score.value)) (from \(name))")
                }
            }
        } catch {
            report("\(stored.name)/\(name)", found: "\(error)", expected: "evidence from which the scores follow")
        }
    }

    @discardableResult
    private mutating func compare(_ file: String, of stored: StoredEvaluation, with digest: Digest) -> Bool {
        let found = try? Digest(ofFile: stored.path + "/" + file)
        if found == digest { return true }
        report("\(stored.name)/\(file)", found: found.map { "digest \($0)" } ?? "no readable file", expected: "digest \(digest)")
        return false
    }

    private mutating func check(_ stored: StoredEvaluation, against challenge: Challenge, folder: String) {
        guard stored.record.challenge == challenge.id else { return }
        do {
            let request = EvaluationRequest(challenge: challenge, folder: folder, phase: stored.record.phase, submission: "")
            let recipe = try EvaluationPlan(request).recipe
            if recipe != stored.record.recipe {
                report(
                    "\(stored.name)/record.json, recipe", found: "another recipe than the challenge has today",
                    expected: "the same data, metrics, limits, seed and runner; evaluate again to compare")
            }
        } catch {
            report("\(stored.name)/record.json, recipe", found: "\(error)", expected: "the challenge's data")
        }
    }

    private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "undefined" }
}
