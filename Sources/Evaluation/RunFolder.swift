import Foundation

/// The folder `OUTPUT.part` in which a model's run works until its result gets its name; locked for this value alone while it lives.
///
/// A folder that holds anything but what runs leave there is refused, and nothing else is ever removed from it.
final class RunFolder: Sendable {
    /// The folder's absolute path.
    let path: String
    /// The folder in the words of whoever asked.
    let shown: String
    /// The result before it gets its name.
    let result: String
    /// Whether no earlier run left anything here.
    let isNew: Bool
    private let lock: Int32

    /// Makes or takes over the folder of an output.
    ///
    /// - Parameters:
    ///   - output: the absolute path of the result.
    ///   - shown: the result in the words of whoever asked.
    init(of output: String, shown name: String) throws(EvaluationError) {
        path = output + ".part"
        shown = name + ".part"
        result = path + "/result." + (output as NSString).pathExtension.lowercased()
        lock = try Self.locked(path, shown: shown, output: name)
        let found = Self.names(in: path)
        isNew = found.isEmpty
        guard let problem = Self.strangeness(of: found, result: result) else { return }
        throw .files("\(shown) \(problem); move that folder away or choose another output")
    }

    deinit {
        // Closing would not do: a process that is just being forked elsewhere has the descriptor for a moment too.
        flock(lock, LOCK_UN)
        close(lock)
    }

    /// Removes a finished result that did not get its name: it is made again, since it cannot be told from another's.
    func removeResult() throws(EvaluationError) {
        guard FileManager.default.fileExists(atPath: result) else { return }
        do { try FileManager.default.removeItem(atPath: result) } catch {
            throw .files("\(shown): the result of an earlier run cannot be removed; is the folder writable?")
        }
    }

    /// Whether a run began here and finished no tile: the folder holds nothing that the next run could use.
    var isUseless: Bool { isNew && finishedTiles == 0 && !FileManager.default.fileExists(atPath: result) }

    /// Removes the folder if it is useless.
    func removeIfUseless() {
        if isUseless { remove() }
    }

    /// Gives the result its name and removes the folder.
    func finish(as output: String) throws(EvaluationError) {
        // Unlike `rename`, this puts nothing in the place of what has come there in the meantime.
        do { try FileManager.default.moveItem(atPath: result, toPath: output) } catch {
            throw .files("\(shown): the finished result cannot get its name; is the name still free and the folder writable?")
        }
        remove()
    }

    /// Removes what runs make here, and the folder if nothing else is in it.
    private func remove() {
        for name in Self.names(in: path) where Self.isOfRuns(name, result: result) {
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
        rmdir(path)
    }

    /// The tiles that the journal of a run names, or more; its lines are counted and not read.
    private var finishedTiles: Int {
        guard let handle = FileHandle(forReadingAtPath: Self.journal(of: result)), let data = try? handle.read(upToCount: 1 << 16) else {
            return 0
        }
        return max(0, data.count { $0 == 0x0A } - 1)
    }
}

extension RunFolder {
    private static func journal(of result: String) -> String { result + ".part/journal" }

    private static func names(in path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// Whether a run makes something of this name: its progress (under a temporary name first), its work and its result.
    private static func isOfRuns(_ name: String, result: String) -> Bool {
        let result = (result as NSString).lastPathComponent
        return [progress, result, result + ".part"].contains(name) || name.hasPrefix(newProgress)
    }

    private static let progress = "progress"
    private static let newProgress = ".new-"

    /// Why a folder with these names is not that of a run; `nil` if it is, or empty.
    private static func strangeness(of names: [String], result: String) -> String? {
        if let stranger = names.sorted().first(where: { !isOfRuns($0, result: result) }) {
            return "holds \(Pipeline.line(stranger)), which no run of a model leaves there"
        }
        let hasRun = names.contains { $0 == progress || $0.hasPrefix(newProgress) }
        return names.isEmpty || hasRun || FileManager.default.fileExists(atPath: journal(of: result)) ? nil : "holds no run's journal"
    }

    /// A descriptor of the folder with the lock on it; the folder is made if it is not there.
    private static func locked(_ path: String, shown: String, output: String) throws(EvaluationError) -> Int32 {
        while true {
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
                throw .files(
                    "\(output): no folder can be made beside it for the work in progress (\(String(cString: strerror(errno)))); "
                        + "is its own folder there and writable?")
            }
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if folder < 0 {
                switch errno {
                case ENOENT: continue
                case ENOTDIR, ELOOP:
                    throw .files("\(shown) is no folder, and the work in progress lies there; remove it or choose another output")
                default: throw .files("\(shown): the folder cannot be opened: \(String(cString: strerror(errno)))")
                }
            }
            // A file system that locks no folders leaves it to the journal, which the run locks itself.
            if flock(folder, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                close(folder)
                throw .files("another run is writing \(output), its work lies in \(shown); wait until it has ended")
            }
            // The run that had the lock may have removed the folder since it was opened here.
            var held = stat(), named = stat()
            if fstat(folder, &held) == 0, lstat(path, &named) == 0, held.st_ino == named.st_ino, held.st_dev == named.st_dev {
                return folder
            }
            close(folder)
        }
    }
}
