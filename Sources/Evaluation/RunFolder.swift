import Challenges
import Foundation

/// The folder `OUTPUT.part` of a run's first output, in which it works until its results get their names, and the reservations of its
/// further outputs; all locked for this value alone while it lives.
///
/// A folder that holds anything but what runs leave there is refused, and nothing else is ever removed from it.
final class RunFolder: Sendable {
    /// The folder's absolute path.
    let path: String
    /// The folder in the words of whoever asked.
    let shown: String
    /// The results before they get their names, output by output.
    let results: [String]
    /// Whether no earlier run left anything here.
    let isNew: Bool
    private let outputs: [String]
    private let reservations: [OutputReservation]
    private let lock: Int32

    /// Makes or takes over the folder of an output.
    ///
    /// - Parameters:
    ///   - outputs: the absolute paths of the results, at least one.
    ///   - names: the same in the words of whoever asked.
    init(of outputs: [String], shown names: [String]) throws(EvaluationError) {
        let name = names[0]
        self.outputs = outputs
        let path = outputs[0] + ".part"
        self.path = path
        shown = name + ".part"
        results = outputs.enumerated().map { number, output in
            "\(path)/\(Self.result)\(number == 0 ? "" : "-\(number + 1)").\((output as NSString).pathExtension.lowercased())"
        }
        let lock = try Self.locked(path, shown: shown, output: name)
        do throws(EvaluationError) {
            try OutputReservation.clear(path, shown: name)
            let found = Self.names(in: path)
            if let problem = Self.strangeness(of: found, in: path, result: results[0]) {
                throw .files("\(shown) \(problem); move that folder away or choose another output")
            }
            isNew = found.isEmpty || Self.removeRemains(found, in: path, outputs, result: results[0])
            reservations = try Self.reserved(outputs, names, for: path)
        } catch {
            // Only what is empty goes.
            rmdir(path)
            Self.unlock(lock)
            throw error
        }
        self.lock = lock
    }

    deinit { Self.unlock(lock) }

    /// Reserves the outputs behind the first; all or none.
    private static func reserved(_ outputs: [String], _ names: [String], for work: String) throws(EvaluationError) -> [OutputReservation] {
        var reservations: [OutputReservation] = []
        for (output, name) in zip(outputs, names).dropFirst() {
            do throws(EvaluationError) { reservations.append(try OutputReservation(of: output, shown: name, for: work)) } catch {
                // Those of an interrupted run are kept with its work.
                if Self.names(in: work).isEmpty { for reservation in reservations { reservation.remove() } }
                throw error
            }
        }
        return reservations
    }

    /// Goes on where an earlier run was giving its results their names.
    ///
    /// Results that have theirs are taken back, so that the run is repeated from its journal, which finds whether it is the same; where
    /// only the journal and what is behind it is left to be removed, this is done here.
    /// - Returns: what the earlier run told, if it was the same and is finished with that.
    func takeUp(_ request: PackageInspection.RunRequest) throws(EvaluationError) -> ModelRunReport? {
        guard let placement = ResultPlacement(at: path + "/" + Self.placing), placement.results.count == outputs.count else { return nil }
        let isOwn = zip(outputs, placement.results).map { ResultPlacement.Identity(of: $0) == $1 }
        if placement.isInPlace(outputs), !hasJournal {
            guard placement.request == ResultPlacement.words(request) else { return nil }
            remove()
            return placement.report
        }
        for (number, output) in outputs.enumerated() where isOwn[number] {
            guard rename(output, results[number]) == 0 else {
                throw .files("\(shown): a result that an interrupted run finished cannot be taken back; is the folder writable?")
            }
        }
        removePlacement()
        return nil
    }

    /// By the numbers of outputs that lie on another file system than this folder, its number and what is free there.
    var otherDisks: [(output: Int, disk: (number: UInt64, freeBytes: Int))] {
        var own = stat()
        guard stat(path, &own) == 0 else { return [] }
        return outputs.enumerated().compactMap { number, output in
            let folder = (output as NSString).deletingLastPathComponent
            var other = stat(), disk = statvfs()
            guard stat(folder, &other) == 0, other.st_dev != own.st_dev, statvfs(folder, &disk) == 0 else { return nil }
            let free = UInt64(disk.f_bavail).multipliedReportingOverflow(by: UInt64(disk.f_frsize)).partialValue
            return (number, (UInt64(other.st_dev), Int(clamping: free)))
        }
    }

    /// Removes what tells which results are about to get their names.
    func removePlacement() { unlink(path + "/" + Self.placing) }

    /// Removes finished results that no journal speaks of: they are made again, since they cannot be told from another's.
    func removeResults() throws(EvaluationError) {
        guard !hasJournal else { return }
        for name in Self.names(in: path) where Self.isResult(name) {
            do { try FileManager.default.removeItem(atPath: path + "/" + name) } catch {
                throw .files("\(shown): the result of an earlier run cannot be removed; is the folder writable?")
            }
        }
    }

    /// Whether a run began here and finished no tile, or removed its work: the folder holds nothing that the next run could use.
    var isUseless: Bool {
        let names = Self.names(in: path)
        guard isNew || !hasJournal && !names.contains(Self.placing) else { return false }
        return finishedTiles == 0 && !names.contains(where: Self.isResult)
    }

    /// Removes the folder if it is useless.
    func removeIfUseless() {
        if isUseless { remove() }
    }

    /// Gives the results their names, the first one's last, and removes the folder.
    ///
    /// A run that is killed meanwhile leaves behind which files are its results; the same request takes them up.
    func finish(_ request: PackageInspection.RunRequest, _ report: ModelRunReport) throws(EvaluationError) {
        do { try ResultPlacement(of: results, for: request, report)?.write(to: path + "/" + Self.placing) } catch {
            throw .files("\(shown): nothing can be written there; is the folder writable and the disk not full?")
        }
        for (result, output) in zip(results, outputs).reversed() {
            // Unlike `rename`, this puts nothing in the place of what has come there in the meantime.
            do { try FileManager.default.moveItem(atPath: result, toPath: output) } catch {
                throw .files(
                    "\(shown): the finished result cannot get the name \((output as NSString).lastPathComponent); is the name still free and "
                        + "the folder writable?")
            }
        }
        remove()
    }

    /// Removes what runs make here, and the folder if nothing else is in it: the journal first, without which nothing is repeated, and
    /// last what tells that the results have their names.
    private func remove() {
        unlink(Self.journal(of: results[0]))
        for name in Self.names(in: path) where Self.isOfRuns(name, result: results[0]) && name != Self.placing {
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
        for reservation in reservations { reservation.remove() }
        removePlacement()
        rmdir(path)
    }

    /// Removes what a run left that ended while it removed its work, unless all its results are in their places, which it then tells;
    /// returns whether it did.
    private static func removeRemains(_ names: [String], in path: String, _ outputs: [String], result: String) -> Bool {
        guard !names.isEmpty, !FileManager.default.fileExists(atPath: journal(of: result)), !names.contains(where: isResult) else {
            return false
        }
        if let placement = ResultPlacement(at: path + "/" + placing), placement.isInPlace(outputs) { return false }
        for name in names where isOfRuns(name, result: result) && name != placing {
            try? FileManager.default.removeItem(atPath: path + "/" + name)
        }
        unlink(path + "/" + placing)
        return true
    }

    private var hasJournal: Bool { FileManager.default.fileExists(atPath: Self.journal(of: results[0])) }

    /// The tiles that the journal of a run names, or more; its lines are counted and not read.
    private var finishedTiles: Int {
        guard let handle = FileHandle(forReadingAtPath: Self.journal(of: results[0])), let data = try? handle.read(upToCount: 1 << 16)
        else {
            return 0
        }
        return max(0, data.count { $0 == 0x0A } - 1)
    }
}

extension RunFolder {
    private static func journal(of result: String) -> String { result + ".part/journal" }

    static func names(in path: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

    /// Whether a run makes something of this name: its progress (under a temporary name first), its work and its result.
    private static func isOfRuns(_ name: String, result: String) -> Bool {
        [progress, placing, (result as NSString).lastPathComponent + ".part"].contains(name) || isResult(name)
            || name.hasPrefix(newProgress)
    }

    /// Whether a name is that of a result: `result.tif`, `result-2.zarr` and so on.
    private static func isResult(_ name: String) -> Bool {
        let stem = (name as NSString).deletingPathExtension.dropFirst(result.count)
        return name.hasPrefix(result) && formats.contains((name as NSString).pathExtension)
            && (stem.isEmpty || stem.first == "-" && Int(stem.dropFirst()).map { $0 > 1 } ?? false)
    }

    private static let result = "result"
    private static let formats = ["zarr", "tif", "tiff", "npy"]

    private static let progress = "progress"
    private static let placing = "placing"
    private static let newProgress = ".new-"

    /// Whether the runner makes something of this name in its folder: its journal, values and sums, what labels are made of and results.
    private static func isOfWork(_ name: String) -> Bool {
        ["journal", "processed", "parts", "masks", "objects"].contains(name) || isResult(name)
            || ["values", "sums-"].contains { name.hasPrefix($0) }
    }

    /// Why a folder with these names is not that of a run; `nil` if it is, or empty, or holds only what is left of a run's work.
    private static func strangeness(of names: [String], in path: String, result: String) -> String? {
        if let stranger = names.sorted().first(where: { !isOfRuns($0, result: result) }) {
            return "holds \(Pipeline.line(stranger)), which no run of a model leaves there"
        }
        let hasRun = names.contains { $0 == progress || $0 == placing || $0.hasPrefix(newProgress) }
        let work = (result as NSString).lastPathComponent + ".part"
        var isFolder: ObjCBool = false
        let isRest =
            names == [work] && FileManager.default.fileExists(atPath: path + "/" + work, isDirectory: &isFolder) && isFolder.boolValue
            && Self.names(in: path + "/" + work).allSatisfy(isOfWork)
        return names.isEmpty || hasRun || isRest || FileManager.default.fileExists(atPath: journal(of: result))
            ? nil : "holds no run's journal"
    }

    /// Closing alone would not do: a process that is just being forked elsewhere has the descriptor for a moment too.
    static func unlock(_ folder: Int32) {
        flock(folder, LOCK_UN)
        close(folder)
    }

    /// A descriptor of the folder with the lock on it; the folder is made if it is not there.
    static func locked(_ path: String, shown: String, output: String) throws(EvaluationError) -> Int32 {
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
                let work = OutputReservation.owner(of: path).map { Pipeline.line($0) } ?? shown
                throw .files("another run is writing \(output), its work lies in \(work); wait until it has ended")
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
