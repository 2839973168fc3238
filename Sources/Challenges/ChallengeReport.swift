/// What a check of a challenge folder found.
///
/// As JSON: `{"usable": …, "errors": n, "warnings": n, "diagnostics": […], "statistics": […]}`.
public struct ChallengeReport: Sendable {
    /// The challenge, if nothing is an error.
    public let challenge: Challenge?
    /// Everything that is wrong or doubtful, in reading order.
    public let diagnostics: [Diagnostic]
    /// What the truths hold, split by split; empty if images were not read.
    public let statistics: [SplitStatistics]

    /// Whether the challenge can be used.
    public var isUsable: Bool { challenge != nil && !diagnostics.containError }

    /// The number of errors.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } }

    /// The number of warnings.
    public var warningCount: Int { diagnostics.count { $0.severity == .warning } }

    /// The report for people: one line for each diagnostic, what the truths hold, and the sum.
    public var text: String {
        var lines = diagnostics.map(\.text) + statistics.map(\.text)
        switch (errorCount, warningCount) {
        case (0, 0): lines.append("nothing to mend")
        case (let errors, let warnings):
            let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
            lines.append(counts.joined(separator: ", "))
        }
        return lines.joined(separator: "\n")
    }
}

extension ChallengeReport: Encodable {
    private enum Key: String, CodingKey {
        case usable, errors, warnings, diagnostics, statistics
    }

    /// Writes what was found, without the challenge itself.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(isUsable, forKey: .usable)
        try container.encode(errorCount, forKey: .errors)
        try container.encode(warningCount, forKey: .warnings)
        try container.encode(diagnostics, forKey: .diagnostics)
        try container.encode(statistics, forKey: .statistics)
    }
}
