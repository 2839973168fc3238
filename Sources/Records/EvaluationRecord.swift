/// One (submission, phase, recipe) with its results; immutable once written.
///
/// The digest of a record is the SHA-256 of its canonical JSON without `host`, so that two runs of the same
/// submission under the same recipe have the same digest on any machine.
public struct EvaluationRecord: Sendable, Codable, Equatable {
    /// The version of this layout.
    public var version = 1
    /// The challenge's id.
    public var challenge: String
    /// The phase's id.
    public var phase: String
    /// What was handed in.
    public var submission: SubmissionRecord
    /// Everything besides the submission that decides a score.
    public var recipe: Recipe
    /// Where the evaluation stands.
    public var state: EvaluationState
    /// One entry per case, in the order of the recipe's case list.
    public var cases: [CaseRecord]
    /// What differs from run to run: times, memory, what the machine enforced.
    public var host: HostRecord

    /// Makes a record of its parts.
    public init(
        challenge: String, phase: String, submission: SubmissionRecord, recipe: Recipe, state: EvaluationState,
        cases: [CaseRecord], host: HostRecord
    ) {
        self.challenge = challenge
        self.phase = phase
        self.submission = submission
        self.recipe = recipe
        self.state = state
        self.cases = cases
        self.host = host
    }
}

/// The states of an evaluation.
public enum EvaluationState: String, Sendable, Codable {
    case queued, staging, predicting, scoring, scored, failed, cancelled
}

/// What a team handed in, as the runner found it.
public struct SubmissionRecord: Sendable, Codable, Equatable {
    /// The folder's or archive's name without its ending; the name on the board unless `title` says another.
    public var name: String
    /// `model`, `program` or `predictions`.
    public var kind: String
    /// SHA-256 over the sorted list of its files.
    public var digest: Digest
    /// What the submission calls itself.
    public var title: String?
    /// Who made it.
    public var authors: [String]
    /// True where the submitter declares that the results were made from the truth, to illustrate.
    public var isSimulated: Bool

    /// Makes a submission's entry.
    public init(name: String, kind: String, digest: Digest, title: String?, authors: [String], isSimulated: Bool) {
        self.name = name
        self.kind = kind
        self.digest = digest
        self.title = title
        self.authors = authors
        self.isSimulated = isSimulated
    }
}

/// Everything besides the submission that decides a score.
public struct Recipe: Sendable, Codable, Equatable {
    /// SHA-256 of the truth files, in case order.
    public var truth: Digest
    /// SHA-256 of the input files, in case order.
    public var inputs: Digest
    /// The cases: opaque ids and their groups, in the order of the case list.
    public var cases: [CaseIdentity]
    /// The metrics with the version of their implementation, such as `pq#1`.
    public var metrics: [String]
    /// The limits per case: seconds, bytes and counts by name.
    public var limits: [String: Int]
    /// The version of the runner.
    public var runner: String
    /// The seed of everything random.
    public var seed: Int

    /// Makes a recipe of its parts.
    public init(
        truth: Digest, inputs: Digest, cases: [CaseIdentity], metrics: [String], limits: [String: Int], runner: String, seed: Int
    ) {
        self.truth = truth
        self.inputs = inputs
        self.cases = cases
        self.metrics = metrics
        self.limits = limits
        self.runner = runner
        self.seed = seed
    }
}

/// A case as the record names it.
public struct CaseIdentity: Sendable, Codable, Equatable {
    /// The opaque id.
    public var id: String
    /// The patient, plate or specimen that the case belongs to: the unit of resampling.
    public var group: String
    /// Micrometres between neighbouring pixels, slowest axis first; `nil` where the challenge does not say.
    public var spacing: [Double]?

    /// Names a case.
    public init(id: String, group: String, spacing: [Double]? = nil) {
        self.id = id
        self.group = group
        self.spacing = spacing
    }
}

/// The result of one case.
public struct CaseRecord: Sendable, Codable, Equatable {
    /// The case's id.
    public var id: String
    /// How it ended.
    public var verdict: Verdict
    /// A sentence of ours on what was wrong with the output; never a text of the submission's.
    public var reason: String?
    /// SHA-256 of the collected prediction; `nil` where there is none.
    public var prediction: Digest?
    /// SHA-256 of the stored evidence; `nil` where the case was not scored.
    public var evidence: Digest?
    /// The scores by metric, in the recipe's order; empty where the case was not scored.
    public var scores: [ScoreRecord]

    /// Makes a case's entry.
    public init(id: String, verdict: Verdict, reason: String?, prediction: Digest?, evidence: Digest?, scores: [ScoreRecord]) {
        self.id = id
        self.verdict = verdict
        self.reason = reason
        self.prediction = prediction
        self.evidence = evidence
        self.scores = scores
    }
}

/// One value of one metric.
public struct ScoreRecord: Sendable, Codable, Equatable {
    /// The metric, such as `ap@1/2`.
    public var id: String
    /// The value; `nil` where the metric is undefined on the case.
    public var value: Double?
    /// What is special about the value, such as `bothEmpty`.
    public var flags: [String]

    /// Makes a score's entry.
    public init(id: String, value: Double?, flags: [String] = []) {
        self.id = id
        self.value = value
        self.flags = flags
    }
}

/// The part of a record that may differ between runs; outside the digest.
public struct HostRecord: Sendable, Codable, Equatable {
    /// Time and memory by case id.
    public var cases: [String: UsageRecord]
    /// Which mechanism enforced which limit, such as `memory: cgroup-v1`.
    public var enforced: [String: String]

    /// Makes the host's part.
    public init(cases: [String: UsageRecord], enforced: [String: String]) {
        self.cases = cases
        self.enforced = enforced
    }
}

/// What the prediction of one case used.
public struct UsageRecord: Sendable, Codable, Equatable {
    /// Elapsed time.
    public var wallSeconds: Double
    /// Processor time of the whole process tree; `nil` where nothing measured it.
    public var cpuSeconds: Double?
    /// The highest memory use of the whole process tree; `nil` where nothing measured it.
    public var peakMemoryBytes: Int?

    /// Makes a usage entry.
    public init(wallSeconds: Double, cpuSeconds: Double?, peakMemoryBytes: Int?) {
        self.wallSeconds = wallSeconds
        self.cpuSeconds = cpuSeconds
        self.peakMemoryBytes = peakMemoryBytes
    }
}
