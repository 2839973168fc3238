import Challenges
import Foundation
import ModelPackages
import NeuralNetwork
import Records

/// Reading and writing of the small files that host and runner exchange.
enum RunnerFiles {
    /// The bytes of a regular file that is not larger than `limit`.
    static func read(_ path: String, limit: Int = 16 << 20) throws(RunnerFailure) -> [UInt8] {
        let name = (path as NSString).lastPathComponent
        do {
            return try BoundedFile.read(path, limit: limit)
        } catch {
            guard case .file(_, let problem) = error else { throw RunnerFailure("\(name): cannot be read") }
            throw RunnerFailure("\(name): \(problem)")
        }
    }

    /// A file of which only what is asked for is read.
    static func source(_ path: String) throws(RunnerFailure) -> ByteSource {
        do { return ByteSource(try RegularFile(path)) } catch {
            throw RunnerFailure("\((path as NSString).lastPathComponent): is not a file that can be read")
        }
    }

    /// A network without a package, and its external weights if they lie in a file of the usual name beside it.
    static func network(_ path: String) throws(RunnerFailure) -> (source: ByteSource, externalData: ExternalData?) {
        let external = try NetworkFile.data(beside: path).map { (path) throws(RunnerFailure) in
            ExternalData(location: (path as NSString).lastPathComponent, source: try source(path))
        }
        return (try source(path), external)
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
            throw RunnerFailure("the folder \((folder as NSString).lastPathComponent) cannot be listed")
        }
    }
}
