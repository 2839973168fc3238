public import Records

/// What `concours doctor` found: what this machine enforces, and how the sandbox stood up to attempts to leave it.
public struct SelfTestReport: Sendable, Codable {
    /// Which mechanism enforces what.
    public var enforced: [String: String]
    /// A run over each limit.
    public var limits: [LimitTest]
    /// The attempts to get out, in the order they were made.
    public var attempts: [Attempt]

    /// A run that goes over one limit.
    public struct LimitTest: Sendable, Codable {
        /// The limit: `memory`, `cpu`, `processes`, `wall`, `output`.
        public var id: String
        /// How the run ended.
        public var verdict: Verdict
        /// Whether the limit was kept. Without control groups memory and processes are kept under the verdict `runtimeError`.
        public var held: Bool
    }

    /// One attempt to get out.
    public struct Attempt: Sendable, Codable {
        /// A name such as `n_host_tcp`: files, network, processes, kernel or environment, and what was tried.
        public var id: String
        /// Whether it came through.
        public var result: Result
        /// What was seen.
        public var detail: String
    }

    /// How an attempt ended.
    public enum Result: String, Sendable, Codable {
        case blocked, escaped, notApplicable
    }

    /// Whether strangers' programs may run here: every limit held, attempts were made, and none came through.
    public var isSound: Bool {
        limits.allSatisfy(\.held) && attempts.contains { $0.result == .blocked } && !attempts.contains { $0.result == .escaped }
    }
}
