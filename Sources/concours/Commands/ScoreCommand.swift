import ArgumentParser
import Imaging
import Metrics
import Records

/// Scores label images against their truth, on this machine and without a challenge.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score", abstract: "Score a label image, or a folder of them, against the truth.",
        discussion: "For images of your own: they are read by this process, not in a sandbox.")

    @Option(help: "The truth: a label image, or a folder of them.")
    var truth: String?

    @Option(help: "The prediction: a label image, or a folder of them with the same names.")
    var prediction: String?

    @Option(name: .customLong("metric"), help: "A metric, such as ap@1/2; may be given several times.")
    var metrics: [String] = []

    @Option(help: "Micrometres between pixels, slowest axis first, such as 0.5,0.2,0.2.")
    var spacing: String?

    @Flag(help: "List every metric with its convention and source.")
    var list = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard !list else { return }
        guard truth != nil, prediction != nil else { throw ValidationError("--truth and --prediction are needed (or --list)") }
        guard !metrics.isEmpty else { throw ValidationError("name at least one --metric, such as ap@1/2; --list shows all") }
    }

    func run() throws {
        if list { return try MetricList.show(asJSON: json) }
        guard let truth, let prediction else { return }
        do {
            let metrics = try metrics.map { try MetricCatalog.metric(for: $0) }
            let spacing = try spacing.map(Self.distances)
            let pairs = try ScorePairs(truth: truth, prediction: prediction).pairs
            var line = ProgressLine()
            var cases: [ScoreReport.Case] = []
            for (done, pair) in pairs.enumerated() {
                line.show("scoring \(done + 1) of \(pairs.count): \(pair.id)")
                cases.append(try Self.score(pair, metrics, spacing: spacing))
            }
            line.clear()
            let report = try ScoreReport(cases: cases, metrics: metrics)
            if json { return try Terminal.json(report) }
            for line in Self.table(report).lines { Terminal.say(line) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.failed("\(error)")
        }
    }

    private static func distances(_ text: String) throws -> [Double] {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
        guard numbers.count == text.filter({ $0 == "," }).count + 1, numbers.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw CommandFailure.usage("--spacing \(text): expected positive numbers with commas between, such as 0.5,0.2,0.2")
        }
        return numbers
    }

    private static func score(_ pair: ScorePairs.Pair, _ metrics: [any Metric], spacing: [Double]?) throws -> ScoreReport.Case {
        func labels(_ path: String) throws -> LabelImage {
            do { return try LabelImage(ImageFile.read(path)) } catch { throw CommandFailure.failed("\(path): \(error)") }
        }
        var truth = try labels(pair.truth)
        let prediction = try labels(pair.prediction)
        if let spacing {
            guard let spaced = LabelImage(shape: truth.shape, labels: truth.labels, spacing: spacing) else {
                throw CommandFailure.usage("--spacing has \(spacing.count) numbers, but \(pair.truth) has \(truth.shape.count) axes")
            }
            truth = spaced
        }
        let evidence: Evidence
        do { evidence = try Evidence(prediction: prediction, truth: truth) } catch {
            throw CommandFailure.failed("case \(pair.id): \(error)")
        }
        let scores = ScoreSet(evidence, metrics).entries.map { entry in
            ScoreRecord(id: "\(entry.id)", value: entry.score.value, flags: entry.score.flags.map(\.rawValue))
        }
        return ScoreReport.Case(id: pair.id, scores: scores)
    }

    private static func table(_ report: ScoreReport) -> TextTable {
        var table = TextTable([("case", .left)] + report.aggregate.map { ($0.id, .right) })
        for item in report.cases {
            table.add(
                [item.id] + item.scores.map { Decimals.text($0.value) + ($0.flags.isEmpty ? "" : " (\($0.flags.joined(separator: ", ")))") }
            )
        }
        if report.cases.count > 1 {
            table.add(["mean"] + report.aggregate.map { Decimals.text($0.value) })
            table.add(["95 % interval"] + report.aggregate.map { Decimals.interval($0.interval.map { $0[0]...$0[1] }) })
        }
        return table
    }
}
