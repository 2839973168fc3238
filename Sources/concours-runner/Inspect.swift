import ArgumentParser
import Challenges
import Imaging
import ModelPackages
import TiledInference

/// Finds out what a submission is and whether it can be evaluated, and says so in a report.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tell a submission's kind and what is wrong with it.")

    @Option(help: "The submission's folder.")
    var submission: String

    @Option(help: "The request, as JSON.")
    var request: String

    @Option(help: "The file for the report.")
    var report: String

    func run() throws {
        let request = try RunnerFiles.request(InspectionRequest.self, from: request)
        try RunnerFiles.report(inspect(request), to: report)
    }

    private func inspect(_ request: InspectionRequest) throws -> SubmissionReport {
        let names = try RunnerFiles.names(in: submission)
        let holdsPackage = names.contains { ModelPackage.descriptionFiles.contains($0) }
        do {
            guard let description = try SubmissionDescription.beside(submission) else {
                guard holdsPackage else { return Self.unrecognised(names) }
                return try checkModel(SubmissionReport(kind: .model), nil, request)
            }
            let report = SubmissionReport(
                kind: description.kind, title: description.title, authors: description.authors, isSimulated: description.isSimulated,
                command: description.command)
            switch description.kind {
            case .model: return try checkModel(report, description, request)
            case .program: return report
            case .predictions: return checkPredictions(report, names: names, request)
            }
        } catch let error as PackageError {
            return SubmissionReport(kind: holdsPackage ? .model : nil, problems: [error.description])
        }
    }

    private static func unrecognised(_ names: [String]) -> SubmissionReport {
        let found = names.isEmpty ? "an empty folder" : "\(names.count) files without a description"
        return SubmissionReport(
            kind: nil,
            problems: [
                "found \(found); a submission holds `submission.yaml` (with `kind: program` and a command, or `kind: predictions`), "
                    + "or a bioimage.io package with `bioimageio.yaml`"
            ])
    }

    private func checkModel(
        _ report: SubmissionReport, _ description: SubmissionDescription?, _ request: InspectionRequest
    ) throws(PackageError) -> SubmissionReport {
        let model = try ModelSubmission(
            folder: submission, postprocessor: description?.postprocessor, inference: description?.inference)
        try model.checkForCases()
        // Digest, operators and shapes are checked here, so that a model that cannot run is refused before its first case.
        try model.checkForCases(try model.package.network(), imageAxes: Axis.list(request.imageAxes))
        var report = report
        report.title = report.title ?? String(model.package.name.prefix(120))
        report.notes = model.notes
        return report
    }

    /// How many files of one kind of problem are named.
    private static let shownProblems = 20

    /// Every case has one file of an accepted format, and every file belongs to a case.
    private func checkPredictions(_ report: SubmissionReport, names: [String], _ request: InspectionRequest) -> SubmissionReport {
        var report = report
        var files: [String: [String]] = [:]
        var odd = 0
        for name in names where name != SubmissionDescription.fileName && !name.hasPrefix("README") {
            let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, request.caseIDs.contains(parts[0]), request.formats.contains(parts[1]) else {
                odd += 1
                guard odd <= Self.shownProblems else { continue }
                report.problems.append(
                    "\(String(name.prefix(80)).debugDescription): expected `submission.yaml`, a README, or `<case id>.<ending>` with an ending of "
                        + request.formats.joined(separator: ", "))
                continue
            }
            files[parts[0], default: []].append(name)
        }
        if odd > Self.shownProblems { report.problems.append("and \(odd - Self.shownProblems) more files that belong to no case") }
        if odd > 0 {
            let ids = request.caseIDs.prefix(10).joined(separator: ", ") + (request.caseIDs.count > 10 ? " …" : "")
            report.problems.append("the cases of this phase are \(ids)")
        }
        for (id, names) in files.sorted(by: { $0.key < $1.key }) where names.count > 1 {
            report.problems.append("case \(id): found \(names.joined(separator: " and ")); keep one")
        }
        let missing = request.caseIDs.filter { files[$0] == nil }
        if !missing.isEmpty {
            let shown = missing.prefix(10).joined(separator: ", ") + (missing.count > 10 ? " …" : "")
            report.notes.append("no prediction for \(missing.count) of \(request.caseIDs.count) cases: \(shown)")
        }
        return report
    }
}
