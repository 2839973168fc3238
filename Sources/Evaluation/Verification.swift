public import Challenges
import Foundation
import Metrics
import Records

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
    /// Scores that were computed again.
    public private(set) var scoreCount = 0
    /// Everything that differs, in the order of the chain.
    public private(set) var differences: [Difference] = []

    /// Verifies a folder of runs; with a challenge also that its data is still what the recipes name.
    public init(of runs: RunsFolder, challenge: (Challenge, folder: String)? = nil, progress: (String) -> Void = { _ in }) {
        let chain: HashChain
        do { chain = try runs.chain.read() } catch {
            report("chain.jsonl", found: "\(error)", expected: "an unbroken chain of records")
            return
        }
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

    private mutating func check(_ item: CaseRecord, of stored: StoredEvaluation) {
        if let prediction = item.prediction {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: stored.path + "/predictions")) ?? [])
            let file = names.first { $0.hasPrefix(item.id + ".") }
            compare("predictions/\(file ?? item.id)", of: stored, with: prediction)
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
