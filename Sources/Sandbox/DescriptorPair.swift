import CSandbox
import Glibc

/// The two ends of a pipe or of a pair of sockets: one stays here, the other goes to the sandbox.
struct DescriptorPair: ~Copyable {
    let ours: FileDescriptor
    let theirs: FileDescriptor

    /// A pipe: what they write can be read here, where reading never waits.
    static func pipe() throws(SystemFailure) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        let result = csandbox_pipe(&ends)
        guard result == 0 else { throw SystemFailure(-result) }
        return DescriptorPair(ours: FileDescriptor(owning: ends[0]), theirs: FileDescriptor(owning: ends[1]))
    }

    /// A pair of sockets that keep message boundaries.
    static func sockets() throws(SystemFailure) -> DescriptorPair {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SystemFailure(errno) }
        return DescriptorPair(ours: FileDescriptor(owning: ends[0]), theirs: FileDescriptor(owning: ends[1]))
    }
}
