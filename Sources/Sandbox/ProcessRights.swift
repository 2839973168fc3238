import Glibc

/// What this process may do.
enum ProcessRights {
    /// Whether it runs as root; its sandboxes then get users of their own.
    static var isRoot: Bool { geteuid() == 0 }

    /// Whether it has CAP_SYS_ADMIN, number 21, in effect.
    static var mayMount: Bool {
        for line in (SystemFile.read("/proc/self/status") ?? "").split(separator: "\n") where line.hasPrefix("CapEff:") {
            let digits = line.dropFirst("CapEff:".count).filter { !$0.isWhitespace }
            return UInt64(digits, radix: 16).map { $0 & (1 << 21) != 0 } ?? false
        }
        return false
    }
}
