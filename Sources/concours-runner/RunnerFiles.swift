import Foundation
import Records

/// Reading and writing of the small files that host and runner exchange.
enum RunnerFiles {
    /// The bytes of a regular file that is not larger than `limit`.
    static func read(_ path: String, limit: Int = 16 << 20) throws(RunnerFailure) -> [UInt8] {
        let name = (path as NSString).lastPathComponent
        guard let handle = FileHandle(forReadingAtPath: path) else { throw RunnerFailure("\(name): cannot be opened") }
        defer { try? handle.close() }
        do {
            let bytes = [UInt8](try handle.read(upToCount: limit + 1) ?? Data())
            guard bytes.count <= limit else { throw RunnerFailure("\(name): larger than \(limit) bytes") }
            return bytes
        } catch let failure as RunnerFailure {
            throw failure
        } catch {
            throw RunnerFailure("\(name): cannot be read")
        }
    }

    /// Decodes one of the host's requests.
    static func request<Request: Decodable>(_ type: Request.Type, from path: String) throws -> Request {
        try CanonicalJSON.decode(type, from: read(path))
    }

    /// Writes a report.
    static func report(_ report: some Encodable, to path: String) throws {
        try AtomicFile.write(CanonicalJSON.encode(report), to: path)
    }

    /// The names of the files and folders in a folder, sorted.
    static func names(in folder: String) throws(RunnerFailure) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw RunnerFailure("the submission's folder cannot be listed")
        }
    }
}
