import Foundation
import Records

/// A further output of a model's run, reserved for it: a folder `OUTPUT.part` like that of the first output, locked for this value alone
/// while it lives, in which stands nothing but where the run works.
///
/// It stays with the work of an interrupted run, for which the output is kept. One of which the work is gone holds nobody up.
final class OutputReservation: Sendable {
    private let path: String
    private let lock: Int32

    private static let mark = "work-lies-in"

    /// Makes or takes over the reservation.
    ///
    /// - Parameters:
    ///   - output: the absolute path of the result.
    ///   - shown: the same in the words of whoever asked.
    ///   - work: the absolute path of the folder in which the run works.
    init(of output: String, shown: String, for work: String) throws(EvaluationError) {
        path = output + ".part"
        lock = try RunFolder.locked(path, shown: shown + ".part", output: shown)
        guard RunFolder.names(in: path).allSatisfy({ $0 == Self.mark }) else {
            throw .files(
                "\(shown): the work of another run on it lies in \(shown).part; repeat that run, move that folder away or choose another "
                    + "output")
        }
        if let owner = Self.owner(of: path), owner != work { throw Self.refusal(shown, owner) }
        guard FileManager.default.createFile(atPath: path + "/" + Self.mark, contents: Data(work.utf8)) else {
            throw .files("\(shown).part: nothing can be written there; is the folder writable?")
        }
    }

    deinit { RunFolder.unlock(lock) }

    /// Gives the output free.
    func remove() {
        unlink(path + "/" + Self.mark)
        rmdir(path)
    }

    /// Takes a reservation away of which the work is gone, from a locked folder; one that holds for an interrupted run is refused.
    static func clear(_ folder: String, shown: String) throws(EvaluationError) {
        guard RunFolder.names(in: folder) == [mark] else { return }
        if let owner = owner(of: folder) { throw refusal(shown, owner) }
        unlink(folder + "/" + mark)
    }

    /// The folder in which the run works for which a folder reserves an output; `nil` if there is none.
    static func owner(of folder: String) -> String? {
        guard let bytes = try? BoundedFile.read(folder + "/" + mark, limit: 1 << 16) else { return nil }
        let owner = String(decoding: bytes, as: UTF8.self)
        return FileManager.default.fileExists(atPath: owner) ? owner : nil
    }

    private static func refusal(_ shown: String, _ owner: String) -> EvaluationError {
        .files(
            "\(shown) is an output of an interrupted run too, whose work lies in \(Pipeline.line(owner)); repeat that run, move that folder "
                + "away or choose another output")
    }
}
