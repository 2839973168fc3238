import Ranking

/// Limits, ranking and design.
extension ChallengeReader {
    private static let limitKeys: [Section.Key] = [
        .required("wall", "wall: 60s"), .required("cpu", "cpu: 60s"), .required("memory", "memory: 2GiB"),
        .required("processes", "processes: 64"), .required("output", "output: 256MiB"),
    ]

    mutating func readLimits(_ file: Section) -> Limits? {
        guard let pair = file["limits"], let section = section(pair.value, named: "limits", at: pair.place, keys: Self.limitKeys) else {
            return nil
        }
        let wall = duration(section, "wall", in: 1...86_400)
        let cpu = duration(section, "cpu", in: 1...40 * 86_400)
        let memory = size(section, "memory", in: (64 << 20)...(4 << 40))
        let processes = count(section, "processes", in: 1...4096)
        let output = size(section, "output", in: (1 << 10)...(1 << 40))
        guard let wall, let cpu, let memory, let processes, let output else { return nil }
        return Limits(wallSeconds: wall, cpuSeconds: cpu, memoryBytes: memory, processes: processes, outputBytes: output)
    }

    private static let rankingKeys: [Section.Key] = [
        .required("scheme", "scheme: rankThenAggregate"), .required("aggregate", "aggregate: mean"), .required("ties", "ties: min"),
        .required("missing", "missing: worst"), .required("bootstrap", "bootstrap: 1000"), .required("seed", "seed: 1"),
        .required("group", "group: group"),
    ]

    /// The methods of which the challenge file says everything; a ranking by tests would need a level, too.
    private static let methods: [RankingScheme.Method] = [.rankThenAggregate, .aggregateThenRank]

    mutating func readRanking(_ file: Section) -> RankingRules? {
        guard let pair = file["ranking"], let section = section(pair.value, named: "ranking", at: pair.place, keys: Self.rankingKeys)
        else { return nil }
        let method = word(section, "scheme", among: Self.methods)
        let aggregate = word(section, "aggregate", among: RankingScheme.Aggregate.allCases)
        let ties = word(section, "ties", among: RankingScheme.Ties.allCases)
        let missing = word(section, "missing", among: RankingRules.Missing.allCases)
        let bootstrap = count(section, "bootstrap", in: 100...100_000)
        let seed = count(section, "seed", in: 0...Int(Int32.max))
        let unit = word(section, "group", among: RankingScheme.ResamplingUnit.allCases)
        guard let method, let aggregate, let ties, let missing, let bootstrap, let seed, let unit else { return nil }
        return RankingRules(
            method: method, aggregate: aggregate, ties: ties, missing: missing, bootstrap: bootstrap, seed: seed, unit: unit)
    }

    mutating func readDesign(_ file: Section) -> [DesignField: String]? {
        guard let pair = file["design"] else { return nil }
        let keys = DesignField.allCases.map { Section.Key.required($0.rawValue, $0.rawValue + ": " + $0.question) }
        guard let section = section(pair.value, named: "design", at: pair.place, keys: keys) else { return nil }
        var design: [DesignField: String] = [:]
        for field in DesignField.allCases {
            guard let pair = section[field.rawValue] else { continue }
            guard case .text(let text) = pair.value.content, !Placeholder.isOne(text) else {
                report(
                    pair.place, found: "\(pair.value.kindText) as `\(field.rawValue)` in design",
                    write: "answer: \(field.question) Or write `\"not applicable: reason\"`")
                continue
            }
            if let reason = Self.reasonOfNotApplicable(text), Placeholder.isOne(reason) {
                report(
                    pair.place, found: "`\(field.rawValue): \(Quoting.visible(text))` without a reason",
                    write: "write `\(field.rawValue): \"not applicable: reason\"` with the reason, or answer: \(field.question)")
                continue
            }
            design[field] = text
        }
        return design.count == DesignField.allCases.count ? design : nil
    }

    /// What follows `not applicable`, without the colon; `nil` where the text does not begin so.
    private static func reasonOfNotApplicable(_ text: String) -> String? {
        let start = "not applicable"
        guard text.lowercased().hasPrefix(start) else { return nil }
        return String(text.dropFirst(start.count).drop { $0 == ":" || $0 == " " || $0 == "." })
    }
}
