import Foundation

/// Reads labels with Python, so that our own reader is not its own judge.
enum PlainTIFF {
    /// The uint16 labels of a file that our writer made: classic TIFF, little endian, strips, no or LZW compression.
    static func labels(of path: String, shape: [Int]) throws -> [UInt16] {
        let run = try CommandRun(
            program: "/usr/bin/python3", [CommandRun.project + "/Tests/Acceptance/read_labels.py", path])
        guard run.exitCode == 0 else { throw Unreadable(reason: run.error) }
        let rows = run.output.split(separator: "\n").map { $0.split(separator: " ").compactMap { UInt16($0) } }
        guard rows.count == shape[0], rows.allSatisfy({ $0.count == shape[1] }) else {
            throw Unreadable(reason: "another shape than \(shape)")
        }
        return rows.flatMap(\.self)
    }

    struct Unreadable: Error {
        let reason: String
    }
}
