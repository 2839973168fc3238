import Challenges
import Foundation
import Records
import Sandbox

/// Taking a submission in: copy, unpack if it is an archive, inspect. Its files are bytes to the host; only the runner parses them.
extension Pipeline {
    /// What a submission may be at most.
    private static let intakeLimits = CopyLimits(
        maximumEntries: 10_000, maximumBytes: 2 << 30, maximumFileBytes: 2 << 30, maximumDepth: 16)
    /// What unpacking and inspecting may use.
    private static let inspectionLimits = SandboxLimits(
        wallSeconds: 120, cpuSeconds: 120, memoryBytes: 4 << 30, processes: 64, outputBytes: 2 << 30, outputFiles: 20_000)

    /// Any file up to the depth that is allowed: an archive's names are the submitter's.
    private static let anything = (1...16).map { Array(repeating: "*", count: $0).joined(separator: "/") }

    func takeIn(_ request: EvaluationRequest, plan: EvaluationPlan, work: WorkFolder) async throws(EvaluationError) -> TakenSubmission {
        let folder = try await layOut(request.submission, work: work)
        let report = try await inspect(folder, name: request.name, plan: plan, work: work)
        guard let kind = report.kind, report.problems.isEmpty else {
            throw .invalidSubmission(name: request.name, problems: report.problems)
        }
        let digest: Digest
        do { digest = try FolderDigest(of: folder).digest } catch { throw .files("\(error)") }
        let record = SubmissionRecord(
            name: request.name, kind: kind.rawValue, digest: digest, title: report.title, authors: report.authors,
            isSimulated: report.isSimulated)
        return TakenSubmission(folder: folder, kind: kind, report: report, record: record)
    }

    /// A copy of the submission's files: of a folder as it is, of an archive unpacked.
    func layOut(_ submission: String, work: WorkFolder) async throws(EvaluationError) -> String {
        let name = EvaluationRequest.name(of: submission)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: submission, isDirectory: &isFolder) else {
            throw .invalidSubmission(name: name, problems: ["\(submission): there is no such file or folder"])
        }
        let destination = work.path + "/submission"
        if isFolder.boolValue {
            do throws(SafeCopyError) {
                _ = try SafeCopy.folder(from: submission, to: destination, limits: Self.intakeLimits)
            } catch {
                if case .destinationUnwritable(let reason) = error { throw .infrastructure("the submission cannot be staged: \(reason)") }
                throw .invalidSubmission(name: name, problems: error.description.split(separator: "\n").map(String.init))
            }
            return destination
        }
        try Self.checkArchive(submission, name: name)
        let archive = try work.folder("archive") + "/submission.zip"
        try work.copy(submission, to: archive)
        let limits = Self.inspectionLimits
        let outcome = try await run(
            runner.policy(
                ["unpack", "/input/submission.zip", "--output", "/output", "--bytes", "\(limits.outputBytes)", "--entries", "10000"],
                binds: [ReadOnlyBind(host: archive, inside: "/input/submission.zip")], limits: limits,
                outputs: OutputRules(allowed: Self.anything, destination: destination)))
        guard outcome.verdict == .ok else {
            throw .invalidSubmission(name: name, problems: [Self.reason(outcome)])
        }
        return destination
    }

    /// Looks at an archive's size and first bytes before it is copied.
    private static func checkArchive(_ path: String, name: String) throws(EvaluationError) {
        let refuse = { (problem: String) in EvaluationError.invalidSubmission(name: name, problems: ["\(path): \(problem)"]) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
            throw refuse("is neither a folder nor a regular file; give a folder or a zip archive")
        }
        guard let size = attributes[.size] as? Int, size <= intakeLimits.maximumBytes else {
            throw refuse("is larger than \(intakeLimits.maximumBytes >> 30) GiB, the most that is taken")
        }
        let start = [UInt8]((try? FileHandle(forReadingAtPath: path)?.read(upToCount: 4)) ?? Data())
        guard start == [0x50, 0x4B, 0x03, 0x04] || start == [0x50, 0x4B, 0x05, 0x06] else {
            throw refuse("is no zip archive; give a folder or a zip archive")
        }
    }

    private func inspect(
        _ folder: String, name: String, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) -> SubmissionReport {
        let input = try work.folder("inspection")
        let contract = plan.challenge.outputContract
        try work.write(
            InspectionRequest(
                caseIDs: plan.cases.map(\.entry.id), formats: contract.fileExtensions, imageAxes: plan.challenge.task.input.axesText),
            to: input + "/request.json")
        let destination = work.path + "/inspected"
        let outcome = try await run(
            runner.policy(
                ["inspect", "--submission", "/submission", "--request", "/input/request.json", "--report", "/output/report.json"],
                binds: [ReadOnlyBind(host: input, inside: "/input"), ReadOnlyBind(host: folder, inside: "/submission")],
                limits: Self.inspectionLimits, outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else {
            throw .invalidSubmission(name: name, problems: [Self.ending(of: "the inspection", outcome)])
        }
        var report = try Self.read(SubmissionReport.self, from: destination + "/report.json")
        // Texts of the submission's own reach terminals and pages.
        report.title = report.title.map(Self.line)
        report.authors = report.authors.prefix(100).map(Self.line)
        report.problems = report.problems.map { Self.line($0, most: 1000) }
        report.notes = report.notes.prefix(20).map { Self.line($0, most: 1000) }
        return report
    }
}
