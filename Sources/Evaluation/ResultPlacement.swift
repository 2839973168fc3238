import Challenges
import Foundation
import Records

/// What stands in a run's folder from before the first of its finished results gets its name until everything else there is gone: which
/// files they are, wherever they lie by now, and what the run tells.
struct ResultPlacement: Codable {
    /// A file or a folder, whatever its name is.
    struct Identity: Codable, Equatable {
        let device: UInt64
        let number: UInt64

        /// That of what lies at a path; `nil` if nothing does.
        init?(of path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    /// What was asked for, and how its files were.
    let request: String
    /// The results, output by output.
    let results: [Identity]
    let report: ModelRunReport

    /// Reads what an earlier run left; `nil` if there is nothing that can be read.
    init?(at path: String) {
        let limit = 16 << 20
        guard let bytes = try? BoundedFile.read(path, limit: limit),
            let known = try? CanonicalJSON.decode(ResultPlacement.self, from: bytes, limits: JSONLimits(bytes: limit))
        else { return nil }
        self = known
    }

    /// Describes results that are about to get their names; `nil` if one is not there.
    init?(of results: [String], for request: PackageInspection.RunRequest, _ report: ModelRunReport) {
        let identities = results.compactMap { Identity(of: $0) }
        guard identities.count == results.count else { return nil }
        (self.results, self.report) = (identities, report)
        self.request = Self.words(request)
    }

    /// Whether the results are what lies at these paths, output by output.
    func isInPlace(_ outputs: [String]) -> Bool { outputs.map { Identity(of: $0) } == results.map(Optional.some) }

    func write(to path: String) throws { try AtomicFile.write(CanonicalJSON.encode(self), to: path) }

    /// A request in one line, with sizes, times and numbers of its files, so that another image of the same name is another request.
    static func words(_ request: PackageInspection.RunRequest) -> String {
        let files = [request.package] + request.inputs.map(\.path)
        let states = files.map { path in
            var status = stat()
            guard stat(path, &status) == 0 else { return "none" }
            return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
        }
        return Digest(ofText: "\(request) \(states)").hex
    }
}
