import Glibc

/// Things on the host that a sandbox must not reach, for the time of a self-test: files, listening sockets, a process.
package final class Canaries: Sendable {
    /// The folder that is bound into the sandbox: the attempts and where the canaries are.
    package let folder: String
    /// The name under which the attempts leave a process behind.
    package let daemonName: String
    private let staging: StagingArea
    private let others: String
    private let tcp: FileDescriptor
    private let abstractSocket: FileDescriptor
    private let pathSocket: FileDescriptor

    /// Sets the canaries out in a staging area.
    package init(in staging: StagingArea) throws(SandboxError) {
        self.staging = staging
        folder = try staging.makeFolder()
        others = try staging.makeFolder()
        daemonName = "concours-daemon-\(RandomName.make())"
        let abstractName = "concours-\(RandomName.make())"
        tcp = try Self.listen(SocketAddress.loopback, AF_INET)
        abstractSocket = try Self.listen(SocketAddress.abstract(abstractName), AF_UNIX)
        pathSocket = try Self.listen(SocketAddress.path("\(others)/socket"), AF_UNIX)
        chmod("\(others)/socket", 0o777)
        try Self.write("a secret of the host\n", to: "\(others)/secret")
        try Self.write("another case\n", to: "\(others)/sibling")
        let places = [
            "secret": "\(others)/secret", "sibling": "\(others)/sibling", "socket": "\(others)/socket", "abstract": abstractName,
            "port": String(SocketAddress.port(of: tcp)), "pid": String(getpid()), "daemon": daemonName, "area": staging.path,
            "comm": (SystemFile.read("/proc/self/comm") ?? "").filter { !$0.isNewline },
        ]
        try Self.write(places.map { "\($0.key)=\($0.value)\n" }.sorted().joined(), to: "\(folder)/canaries")
        try Self.write(EscapeAttempts.program, to: "\(folder)/attempts.py")
    }

    deinit {
        staging.remove(folder: folder)
        staging.remove(folder: others)
    }

    /// Whether a process of that name lives anywhere on the host.
    package var daemonLives: Bool {
        SystemFile.names(in: "/proc").contains { name in
            Int(name) != nil && SystemFile.read("/proc/\(name)/cmdline")?.hasPrefix(daemonName) == true
        }
    }

    private static func write(_ text: String, to path: String) throws(SandboxError) {
        do {
            let file = FileDescriptor(owning: try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_EXCL).get())
            try file.write(Array(text.utf8)[...])
            fchmod(file.number, 0o644)
        } catch {
            throw .system("writing the self-test", error.number)
        }
    }

    private static func listen(_ address: SocketAddress, _ family: Int32) throws(SandboxError) -> FileDescriptor {
        let number = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw .system("making a socket for the self-test", errno) }
        let listener = FileDescriptor(owning: number)
        guard address.bind(listener), Glibc.listen(listener.number, 8) == 0 else {
            throw .system("listening for the self-test", errno)
        }
        return listener
    }
}
