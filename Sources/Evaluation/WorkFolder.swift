import Foundation
import Records
import Sandbox

/// The folder of one evaluation in the staging area: everything that its sandboxes read, under opaque names.
///
/// Every user of the machine may pass through it, since sandboxes run as users of their own; names are random.
struct WorkFolder: Sendable {
    let path: String
    private let staging: StagingArea

    init(in staging: StagingArea) throws(EvaluationError) {
        do { path = try staging.makeFolder() } catch { throw .infrastructure("\(error)") }
        self.staging = staging
    }

    /// A new folder below, readable inside sandboxes.
    func folder(_ name: String) throws(EvaluationError) -> String {
        let folder = path + "/" + name
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            // The attributes are subject to the process's mask.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        } catch {
            throw .files("the staging folder \(name) cannot be made; is there space left on the device?")
        }
        return folder
    }

    /// Copies a file of the challenge so that a sandbox can read it, whatever the rights of the folders above the original.
    func copy(_ source: String, to destination: String) throws(EvaluationError) {
        let place = destination as NSString
        do {
            try staging.copy(file: source, into: place.deletingLastPathComponent, as: place.lastPathComponent)
        } catch {
            throw .files("\((source as NSString).lastPathComponent): cannot be read or copied")
        }
    }

    /// Writes one of the host's requests.
    func write(_ request: some Encodable, to path: String) throws(EvaluationError) {
        do {
            try AtomicFile.write(CanonicalJSON.encode(request), to: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        } catch {
            throw .files("a request cannot be written; is there space left on the device?")
        }
    }

    func remove() {
        staging.remove(folder: path)
    }
}
