extension RankingWarning {
    /// Every warning that a ranking gives occasion for, in a fixed order.
    static func list(
        scheme: RankingScheme, caseCount: Int, groupCount: Int, unitCount: Int, algorithms: [RankedAlgorithm]
    ) -> [RankingWarning] {
        design(scheme: scheme, caseCount: caseCount, groupCount: groupCount, unitCount: unitCount)
            + outcome(scheme: scheme, algorithms: algorithms)
    }

    /// What the numbers of cases, groups and samples give occasion for.
    private static func design(scheme: RankingScheme, caseCount: Int, groupCount: Int, unitCount: Int) -> [RankingWarning] {
        var warnings: [RankingWarning] = []
        // Below 50 cases the usual intervals cover the truth less often than they say (André et al. 2025).
        if caseCount < 50 {
            warnings.append(
                .init(
                    kind: .fewCases,
                    text:
                        "Only \(counted(caseCount, "case")): with fewer than 50, intervals of 95 % cover the true value less often than that."
                ))
        }
        if unitCount == 1 {
            let what = caseCount == 1 ? "There is only one case" : "All cases belong to one group"
            warnings.append(.init(kind: .oneUnit, text: "\(what): no interval can be given, and the order may differ elsewhere."))
        } else if scheme.unit == .group, groupCount < 5 {
            warnings.append(
                .init(kind: .fewGroups, text: "Only \(groupCount) independent groups: the intervals are rough and likely too narrow."))
        }
        if scheme.bootstrap == 0 {
            warnings.append(
                .init(kind: .bootstrapOff, text: "No bootstrap samples were drawn: nothing is said about how sure the order is."))
        } else if scheme.bootstrap < 200 {
            warnings.append(
                .init(
                    kind: .fewSamples,
                    text: "Only \(counted(scheme.bootstrap, "bootstrap sample")): the ends of the intervals depend on the seed. Use 1000."))
        }
        if scheme.method == .testThenRank, groupCount < caseCount {
            warnings.append(
                .init(
                    kind: .groupedTests,
                    text: "The tests take the \(caseCount) cases as independent, but they belong to \(counted(groupCount, "group")): "
                        + "the p-values are too small."))
        }
        return warnings
    }

    /// What the results give occasion for.
    private static func outcome(scheme: RankingScheme, algorithms: [RankedAlgorithm]) -> [RankingWarning] {
        var warnings: [RankingWarning] = []
        let incomplete = algorithms.filter { $0.coverage < 1 }
        if !incomplete.isEmpty {
            warnings.append(
                .init(
                    kind: .missingValues,
                    text: "Values are missing and count as \(scheme.worstValue), the worst: \(names(incomplete))."))
        }
        let constant = algorithms.filter { $0.missingInterval == .noVariation }
        if !constant.isEmpty {
            warnings.append(
                .init(kind: .noVariation, text: "The same value on every case, so no interval can be given: \(names(constant))."))
        }
        if algorithms.count == 1 {
            warnings.append(.init(kind: .oneAlgorithm, text: "Only one algorithm: there is nothing to compare it with."))
        }
        let first = algorithms.filter { $0.rank == 1 }
        if first.count > 1 {
            warnings.append(.init(kind: .sharedFirst, text: "Rank 1 is shared: \(names(first))."))
        }
        let close = algorithms.filter { $0.rank > 1 && $0.isDistinguishableFromFirst == false }
        if !close.isEmpty {
            warnings.append(.init(kind: .notDistinguishable, text: "Not distinguishable from rank 1: \(names(close))."))
        }
        return warnings
    }

    private static func names(_ algorithms: [RankedAlgorithm]) -> String { algorithms.map(\.name).joined(separator: ", ") }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
