public import Challenges
import Foundation
import Records
import Sandbox

extension PackageInspection {
    /// Checks a network without a package: operators, types, extents, and how far it sees.
    public func check(network: String) async throws(EvaluationError) -> ModelCheckReport {
        let work = try WorkFolder(in: pipeline.staging)
        defer { work.remove() }
        let files = try work.shown(network: network), destination = work.path + "/checked"
        let outcome = try await pipeline.run(
            pipeline.runner.policy(
                ["check-network", "--network", files[0].inside, "--report", "/output/report.json"],
                binds: files, limits: Self.limits,
                outputs: OutputRules(expected: ["report.json"], destination: destination)))
        guard outcome.verdict == .ok else { throw .failed(name: network, problems: [Pipeline.failure(of: "the check", outcome)]) }
        return try Pipeline.read(ModelCheckReport.self, from: destination + "/report.json")
    }

    /// The folder of a package for sandboxes: where it lies if every user may read all of it there, else a copy; of an archive what it
    /// unpacks to. What is no package is an error that says what takes it.
    func layOut(_ package: String, work: WorkFolder) async throws(EvaluationError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: package, isDirectory: &isFolder) else {
            throw .failed(name: package, problems: ["there is no such file or folder"])
        }
        if !isFolder.boolValue, NetworkFile.isNetwork(package) {
            throw .failed(
                name: package,
                problems: [
                    "is a network alone: `concours model check` and `concours model bench` take one; to run it on images give a package, the "
                        + "folder of a bioimageio.yaml that names it"
                ])
        }
        if !isFolder.boolValue, ["yaml", "yml"].contains((package as NSString).pathExtension.lowercased()) {
            throw .failed(name: package, problems: ["is a description alone; give the package: its folder, or a zip archive"])
        }
        if let place = PublicFolder.place(of: package) { return place }
        do throws(EvaluationError) { return try await pipeline.layOut(package, work: work) } catch {
            guard case .invalidSubmission(_, let problems) = error else { throw error }
            // A package is no submission here.
            throw .failed(name: package, problems: problems)
        }
    }
}
