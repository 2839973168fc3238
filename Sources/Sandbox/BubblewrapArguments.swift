/// What bubblewrap is told: the sandbox as a list of arguments.
enum BubblewrapArguments {
    /// Where bubblewrap may be; never looked up in a search path.
    static let places = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"]

    /// The descriptors that `csandbox_start` arranges.
    static let argumentsFile = 3
    static let filterFile = 4
    static let statusPipe = 5

    /// The arguments that are visible to the sandboxed program in `/proc/1/cmdline`: no path of the host is among them.
    static func visible(_ policy: SandboxPolicy) -> [String] {
        ["bwrap", "--args", String(argumentsFile), "--"] + policy.command
    }

    /// The arguments that go through a file; `output` is the mounted output folder on the host.
    static func hidden(_ policy: SandboxPolicy, rootLinks: [RootFolder], output: String?) -> [String] {
        // `--disable-userns` needs `--unshare-user` spelled out.
        var arguments = ["--unshare-user", "--unshare-all", "--disable-userns", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox"]
        arguments += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
        for variable in SandboxEnvironment.variables(policy) {
            arguments += ["--setenv", variable.name, variable.value]
        }
        arguments += ["--ro-bind", "/usr", "/usr"]
        for folder in rootLinks { arguments += folder.arguments }
        // The loader's cache and the targets of Debian's library links; both name installed software only.
        arguments += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
        arguments += ["--proc", "/proc"]
        // `/dev/shm` comes after `/dev`, else it would be the unlimited one.
        arguments += ["--dev", "/dev", "--size", String(policy.limits.sharedMemoryBytes), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
        arguments += ["--size", String(policy.limits.temporaryBytes), "--tmpfs", "/tmp"]
        for bind in policy.binds { arguments += ["--ro-bind", bind.host, bind.inside] }
        if let work = policy.work { arguments += ["--bind", work.host, work.inside] }
        if let output { arguments += ["--bind", output, "/output"] }
        arguments += ["--remount-ro", "/", "--chdir", policy.workingDirectory]
        arguments += ["--seccomp", String(filterFile), "--json-status-fd", String(statusPipe)]
        return arguments
    }

    /// The bytes of an arguments file: each argument with a NUL behind it.
    static func file(_ arguments: [String]) -> [UInt8] {
        arguments.flatMap { Array($0.utf8) + [0] }
    }

    /// The exit code in bubblewrap's status records; it is there only if the program really ran.
    static func exitCode(inStatus text: String) -> Int? { number(after: "\"exit-code\":", in: text) }

    /// The process id of the sandbox's first process, as the supervisor sees it.
    static func firstProcess(inStatus text: String) -> Int32? { number(after: "\"child-pid\":", in: text).flatMap(Int32.init(exactly:)) }

    private static func number(after key: String, in text: String) -> Int? {
        let bytes = Array(text.utf8)
        let wanted = Array(key.utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
            let digits = bytes[(start + wanted.count)...].drop { $0 == UInt8(ascii: " ") }.prefix { (48...57).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
