import Foundation
import Testing

@Suite("Work that is stopped")
struct StoppingTests {
    @Test("A signal ends the command with 128 and its number, as shells count", arguments: [SIGINT, SIGTERM, SIGHUP])
    func exitCode(_ signal: Int32) throws {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: (tests as NSString).deletingLastPathComponent + "/concours")
        process.arguments = ["model", "bench", "Challenges/nuclei/submissions/unet/weights.onnx", "--runs", "1000000"]
        process.currentDirectoryURL = URL(fileURLWithPath: CommandRun.project)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let number = process.processIdentifier
        // As soon as the sandbox has begun, signals are heeded.
        while process.isRunning, try Self.children(of: number).isEmpty { usleep(10_000) }
        kill(number, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    }

    /// The processes that the threads of a process have started.
    private static func children(of number: Int32) throws -> [Substring] {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")
        return threads.flatMap { thread in
            ((try? String(contentsOfFile: "/proc/\(number)/task/\(thread)/children", encoding: .utf8)) ?? "").split(separator: " ")
        }
    }
}
