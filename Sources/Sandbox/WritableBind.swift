import Foundation

/// A folder of the host in which a sandboxed command may write: for results that are too large for `/output`, and for work that an
/// interrupted run goes on with.
///
/// There is no bound on the bytes but the disk's, so that only commands of our own get such a folder. The folder should hold nothing
/// else, since all of it belongs to the sandbox's user while the command runs.
public struct WritableBind: Sendable, Hashable {
    /// The absolute path on the host; every folder above it must be passable for the sandbox's user.
    public var host: String
    /// The absolute path inside; always `/state`.
    public let inside = "/state"
    /// The largest file that the command may write, in bytes.
    public var largestFile: Int

    /// Binds `host` to `/state`.
    public init(host: String, largestFile: Int = 1 << 46) {
        self.host = host
        self.largestFile = largestFile
    }

    /// Gives the folder with everything in it to a user. Links are not followed.
    func hand(to user: UInt32) throws(SandboxError) {
        guard own(user, user) else {
            throw .invalidPolicy("the writable folder cannot be given to the sandbox's user; is it on a file system with owners?")
        }
    }

    /// Gives the folder back to this process's user, with ordinary permissions.
    func takeBack() { _ = own(geteuid(), getegid()) }

    private func own(_ user: UInt32, _ group: UInt32) -> Bool {
        guard lchown(host, user, group) == 0, chmod(host, 0o755) == 0 else { return false }
        // The enumerator does not descend into links; nobody else works in the folder while this does.
        guard let names = FileManager.default.enumerator(atPath: host) else { return false }
        for case let name as String in names {
            let path = host + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0, lchown(path, user, group) == 0 else { return false }
            switch status.st_mode & S_IFMT {
            case S_IFREG: guard chmod(path, 0o644) == 0 else { return false }
            case S_IFDIR: guard chmod(path, 0o755) == 0 else { return false }
            default: continue
            }
        }
        return true
    }
}
