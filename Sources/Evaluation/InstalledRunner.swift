import Foundation
public import Sandbox

/// The runner as sandboxes see it: bound read-only at `/opt/concours`, with the Swift libraries that it needs.
public struct InstalledRunner: Sendable {
    private static let inside = "/opt/concours"

    private let binds: [ReadOnlyBind]

    /// Finds `concours-runner` beside this program and makes it readable for the users of sandboxes.
    ///
    /// - Parameter staging: takes a copy of what lies in folders that others may not enter.
    public init(staging: StagingArea) throws(EvaluationError) {
        let folder = (Self.executable() as NSString).deletingLastPathComponent
        let program = folder + "/concours-runner"
        guard FileManager.default.isExecutableFile(atPath: program) else { throw .runnerMissing("it is not beside this program") }
        var binds = [ReadOnlyBind(host: try Self.readable(program, in: staging), inside: Self.inside + "/concours-runner")]
        // The program looks for the libraries where the toolchain has them; what lies in /usr is in every sandbox anyway.
        if let libraries = Self.libraryFolder(), !libraries.hasPrefix("/usr/") {
            binds.append(ReadOnlyBind(host: try Self.readable(libraries, in: staging), inside: libraries))
        }
        self.binds = binds
    }

    /// A policy that runs the runner with these arguments.
    func policy(_ arguments: [String], binds: [ReadOnlyBind], limits: SandboxLimits, outputs: OutputRules?) -> SandboxPolicy {
        SandboxPolicy(
            command: [Self.inside + "/concours-runner"] + arguments, binds: self.binds + binds, limits: limits, outputs: outputs)
    }

    private static func executable() -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// The folder from which this process loaded the Swift library.
    private static func libraryFolder() -> String? {
        // Files of /proc have no size, so that only reading to the end gives their content.
        guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd() else { return nil }
        for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") where line.hasSuffix("/libswiftCore.so") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            return (String(line[slash...]) as NSString).deletingLastPathComponent
        }
        return nil
    }

    /// The path itself if every folder above lets others through, else a copy in the staging area.
    private static func readable(_ path: String, in staging: StagingArea) throws(EvaluationError) -> String {
        let parts = (path as NSString).pathComponents
        let isOpen = parts.indices.dropFirst().allSatisfy { end in
            let folder = NSString.path(withComponents: Array(parts[...end]))
            let permissions = (try? FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int) ?? 0
            return permissions & 0o005 == 0o005
        }
        if isOpen { return path }
        do {
            let copy = try staging.makeFolder() + "/" + (path as NSString).lastPathComponent
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            return copy
        } catch {
            throw .runnerMissing("it cannot be copied to where sandboxes may read it: \(error)")
        }
    }
}
