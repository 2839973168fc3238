import Challenges
import Foundation
import Records
import Sandbox

/// Taking a submission in: copy, unpack if it is an archive, inspect. Its files are bytes to the host; only the runner parses them.
extension Pipeline {
    /// What a submission may be at most.
    private static let intakeLimits = CopyLimits(maximumEntries: 10_000, maximumBytes: 2 << 30, maximumFileBytes: 2 << 30, maximumDepth: 16)
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
                throw .invalidSubmission(name: name, problems: error.description.split(separator: "\n").map(String.init))
            }
            return destination
        }
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

    private func inspect(
        _ folder: String, name: String, plan: EvaluationPlan, work: WorkFolder
    ) async throws(EvaluationError) -> SubmissionReport {
        let input = try work.folder("inspection")
        let contract = plan.challenge.outputContract
        try work.write(
            InspectionRequest(caseIDs: plan.cases.map(\.entry.id), formats: contract.fileExtensions), to: input + "/request.json")
        let destination = work.path + "/inspected"
        let outcome = try await run(
            runner.policy(
                ["inspect", "--submission", "/submission", "--request", "/input/request.json", "--report", "/output/report.json"],
                binds: [ReadOnlyBind(host: input, inside: "/input"), ReadOnlyBind(host: folder, inside: "/submission")],
                limits: Self.inspectionLimits, outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else {
            throw .invalidSubmission(
                name: name, problems: ["the inspection ended with \(outcome.verdict.rawValue): \(Self.reason(outcome))"])
        }
        return try Self.read(SubmissionReport.self, from: destination + "/report.json")
    }

    /// Runs one of our own programs; the sandbox failing is nobody's submission's fault.
    func run(_ policy: SandboxPolicy) async throws(EvaluationError) -> SandboxOutcome {
        do {
            let outcome = try await executor.run(policy)
            if outcome.verdict == .infrastructure {
                throw EvaluationError.infrastructure(
                    "the sandbox failed: \(outcome.failure.map { "\($0)" } ?? "no exit code was recorded")")
            }
            return outcome
        } catch let error as EvaluationError {
            throw error
        } catch {
            throw .infrastructure("\(error)")
        }
    }

    /// What our runner said last on standard error, without the word that ArgumentParser puts in front.
    static func reason(_ outcome: SandboxOutcome) -> String {
        let lines = outcome.standardError.text.split(separator: "\n")
        let last = lines.last.map(String.init) ?? "it ended with \(outcome.verdict.rawValue)"
        return last.hasPrefix("Error: ") ? String(last.dropFirst(7)) : last
    }

    /// Reads a report of our runner, with limits: what the runner read was hostile.
    static func read<Report: Decodable>(_ type: Report.Type, from path: String) throws(EvaluationError) -> Report {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let bytes = [UInt8](try handle.read(upToCount: reportBytes + 1) ?? Data())
            guard bytes.count <= reportBytes else { throw EvaluationError.infrastructure("the runner's report is too large") }
            return try CanonicalJSON.decode(type, from: bytes, limits: JSONLimits(bytes: reportBytes, depth: 8, values: 100_000))
        } catch {
            throw .infrastructure("the runner's report cannot be read: \(error)")
        }
    }

    private static let reportBytes = 4 << 20
}
