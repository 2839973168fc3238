import ArgumentParser
import Foundation
import Ranking

/// Ranks the algorithms of a table of results with intervals.
struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank", abstract: "Rank the algorithms of a CSV table, with bootstrap intervals.",
        discussion: "The table has the columns algorithm,case,value and, if wanted, task and group. An empty value is a failed case.")

    @Argument(help: "The table, a CSV file.")
    var file: String

    @Option(help: "How values become ranks: \(RankingScheme.Method.allCases.map(\.rawValue).joined(separator: ", ")).")
    var scheme: RankingScheme.Method = .aggregateThenRank

    @Option(help: "What stands for many values: mean or median.")
    var aggregate: RankingScheme.Aggregate = .mean

    @Option(help: "What a failed case costs: the worst value that the metric can have.")
    var worst: Double = 0

    @Flag(help: "Smaller values are better; then --worst has to be given.")
    var lowerIsBetter = false

    @Option(help: "The number of bootstrap samples.")
    var bootstrap = 1000

    @Option(help: "The seed of the bootstrap.")
    var seed: UInt64 = 1

    @Flag(help: "Print JSON.")
    var json = false

    private struct TaskRanking: Encodable {
        let task: String?
        let ranking: RankingResult
    }

    func run() throws {
        guard let bytes = FileManager.default.contents(atPath: file) else { throw CommandFailure.failed("\(file): cannot be read") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw CommandFailure.failed("\(file): not UTF-8 text") }
        let scheme = RankingScheme(
            method: scheme, aggregate: aggregate, worstValue: worst, higherIsBetter: !lowerIsBetter, bootstrap: bootstrap, seed: seed)
        let rankings: [TaskRanking]
        do {
            rankings = try LongTable.tasks(csv: text).map { TaskRanking(task: $0.name, ranking: try scheme.rank($0.table)) }
        } catch {
            throw CommandFailure.failed("\(file): \(error)")
        }
        if json { return try Terminal.json(rankings) }
        for (index, item) in rankings.enumerated() {
            if index > 0 { Terminal.say() }
            if let task = item.task { Terminal.say("Task \(task)") }
            RankingText.show(item.ranking)
        }
    }
}
