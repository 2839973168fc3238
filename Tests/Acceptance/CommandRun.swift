import Foundation

/// One run of the command line, as a user would start it.
struct CommandRun {
    let exitCode: Int32
    let output: String
    let error: String

    /// The folder of the project, in which commands are started.
    static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .path

    /// Starts `concours` with these arguments and waits for its end.
    init(_ arguments: [String], in folder: String = CommandRun.project) throws {
        // The tests' own program lies beside the programs that were built with it.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        try self.init(program: (tests as NSString).deletingLastPathComponent + "/concours", arguments, in: folder)
    }

    /// Starts any program.
    init(program: String, _ arguments: [String], in folder: String = CommandRun.project) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes, so that neither stream can fill up while the other is read.
        let streams = try ["out", "err"].map { name in
            let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).\(name)")
            try Data().write(to: file)
            return file
        }
        defer { for file in streams { try? FileManager.default.removeItem(at: file) } }
        process.standardOutput = try FileHandle(forWritingTo: streams[0])
        process.standardError = try FileHandle(forWritingTo: streams[1])
        try process.run()
        process.waitUntilExit()
        exitCode = process.terminationStatus
        output = String(decoding: try Data(contentsOf: streams[0]), as: UTF8.self)
        error = String(decoding: try Data(contentsOf: streams[1]), as: UTF8.self)
    }

    /// The JSON documents of the output, one per line.
    var jsonLines: [[String: Any]] {
        output.split(separator: "\n").compactMap { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) as? [String: Any] }
    }

    /// The output as one JSON object.
    var json: [String: Any] { ((try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]) ?? [:] }
}
