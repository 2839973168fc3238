/// The environment of a sandboxed command: a closed list, so that nothing of the server's environment can get in.
public enum SandboxEnvironment {
    /// The names that the sandbox sets itself.
    public static let fixedNames: Set<String> = [
        "PATH", "HOME", "LC_ALL", "TZ", "PWD", "OMP_NUM_THREADS", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
    ]

    /// All variables of a run, sorted by name.
    static func variables(_ policy: SandboxPolicy) -> [(name: String, value: String)] {
        var variables = policy.environment
        variables["PATH"] = "/usr/bin:/bin"
        variables["HOME"] = "/tmp"
        variables["LC_ALL"] = "C.UTF-8"
        variables["TZ"] = "UTC"
        variables["OMP_NUM_THREADS"] = String(policy.limits.cores ?? 1)
        variables["PYTHONHASHSEED"] = "0"
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        return variables.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// Whether the text can name a variable: ASCII letters, digits and `_`, no digit first.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
        }
    }
}
