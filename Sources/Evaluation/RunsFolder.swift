import Challenges
import Foundation
public import Records

/// A folder of evaluations: one folder each with its record, evidence, predictions and logs, and one chain over all of them.
///
///     runs/chain.jsonl
///     runs/<name>/record.json  evidence/<case>.json  predictions/<case>.<ending>  logs/<case>.stdout.txt
///
/// An evaluation appears as a whole, by a rename, and never changes afterwards.
public struct RunsFolder: Sendable {
    /// The folder's path, as the caller gave it.
    public let path: String

    /// Names a folder; it is made when the first evaluation is stored.
    public init(path: String) {
        self.path = path
    }

    /// The chain over all evaluations.
    public var chain: HashChainFile { HashChainFile(path: path + "/chain.jsonl") }

    /// All evaluations, in the order of the chain.
    public func evaluations() throws(EvaluationError) -> [StoredEvaluation] {
        let chain: HashChain
        do { chain = try self.chain.read() } catch { throw .files("\(error)") }
        var evaluations: [StoredEvaluation] = []
        for entry in chain.entries { evaluations.append(try read(entry.name)) }
        return evaluations
    }

    /// Reads one evaluation.
    func read(_ name: String) throws(EvaluationError) -> StoredEvaluation {
        let folder = path + "/" + name
        do {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/record.json")))
            return StoredEvaluation(name: name, path: folder, record: try CanonicalJSON.decode(EvaluationRecord.self, from: bytes))
        } catch {
            throw .files("\(name)/record.json: cannot be read (\(error)); `concours verify` tells what else differs")
        }
    }

    /// The name of an evaluation's folder: readable in front, and unique by the digest of everything that decides the scores.
    func name(of submission: SubmissionRecord, plan: EvaluationPlan) throws(EvaluationError) -> String {
        struct Identity: Encodable {
            let challenge: String
            let phase: String
            let recipe: Recipe
            let submission: SubmissionRecord
        }
        do {
            let identity = Identity(challenge: plan.challenge.id, phase: plan.phase.id, recipe: plan.recipe, submission: submission)
            let digest = Digest(of: try CanonicalJSON.encode(identity))
            return "\(plan.phase.id)-\(Self.plain(submission.name))-\(digest.hex.prefix(12))"
        } catch {
            throw .files("\(error)")
        }
    }

    /// A name with letters, digits, `-` and `_` only.
    private static func plain(_ name: String) -> String {
        let plain = name.unicodeScalars.prefix(48).map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "-" || scalar == "_")
                ? Character(scalar) : "_"
        }
        return String(plain)
    }

    /// The evaluation of a submission under a plan, if there is one.
    func evaluation(of submission: SubmissionRecord, plan: EvaluationPlan) throws(EvaluationError) -> StoredEvaluation? {
        let name = try name(of: submission, plan: plan)
        do {
            guard try chain.read().entries.contains(where: { $0.name == name }) else { return nil }
        } catch {
            throw .files("\(error)")
        }
        let stored = try read(name)
        // The name holds part of a digest only.
        guard stored.record.submission == submission, stored.record.recipe == plan.recipe else {
            throw .files("\(name)/record.json: is not of this submission and recipe; `concours verify` tells what differs")
        }
        return stored
    }

    /// Writes an evaluation down and appends it to the chain.
    ///
    /// If the same evaluation is there already, the new record must be the same apart from times and memory, and the old one stays.
    func store(_ record: EvaluationRecord, results: [CaseResult], plan: EvaluationPlan) throws(EvaluationError) -> StoredEvaluation {
        let name = try name(of: record.submission, plan: plan)
        let files = FileManager.default
        // Not listed in the chain, hence not an evaluation: what a crash leaves here is only rubbish.
        let draft = path + "/.draft-\(name)-\(UUID().uuidString)"
        defer { try? files.removeItem(atPath: draft) }
        var isStored = false
        do {
            let digest = try record.digest()
            try write(record, results: results, to: draft)
            try chain.update { chain in
                isStored = chain.entries.contains { $0.name == name }
                guard !isStored else { return }
                // A folder without an entry in the chain is left of a crash between the two steps below.
                if files.fileExists(atPath: path + "/" + name) { try files.removeItem(atPath: path + "/" + name) }
                try files.moveItem(atPath: draft, toPath: path + "/" + name)
                try chain.append(name: name, digest: digest)
            }
        } catch {
            throw .files(
                "\(path): the results cannot be written there (\(Self.reason(error))); is there space left, and may you write there?")
        }
        return isStored ? try compare(record, with: read(name)) : StoredEvaluation(name: name, path: path + "/" + name, record: record)
    }

    /// The evaluation that was there first; a new run of it must have given the same.
    private func compare(_ record: EvaluationRecord, with old: StoredEvaluation) throws(EvaluationError) -> StoredEvaluation {
        let isSame: Bool
        do { isSame = try old.record.reproducibleBytes() == record.reproducibleBytes() } catch { throw .files("\(error)") }
        guard isSame else {
            throw .notReproducible(
                "\(old.name): evaluating again gave other results than the stored record; the submission or this machine is not deterministic"
            )
        }
        return old
    }

    /// Makes sure that results can be written, before any work is done for them.
    public func prepare() throws(EvaluationError) {
        let probe = path + "/.draft-\(UUID().uuidString)"
        do {
            try FileManager.default.createDirectory(atPath: probe, withIntermediateDirectories: true)
            try FileManager.default.removeItem(atPath: probe)
        } catch {
            throw .files("\(path): cannot be written (\(Self.reason(error))); name a folder that you may write to")
        }
    }

    /// The system's words for a failure, without the paths that Foundation adds.
    private static func reason(_ error: any Error) -> String {
        guard let cocoa = error as? CocoaError else { return "\(error)" }
        if let system = cocoa.underlying as? POSIXError { return String(cString: strerror(system.code.rawValue)) }
        return cocoa.localizedDescription
    }

    private func write(_ record: EvaluationRecord, results: [CaseResult], to draft: String) throws {
        let files = FileManager.default
        for folder in ["evidence", "predictions", "logs"] {
            try files.createDirectory(atPath: draft + "/" + folder, withIntermediateDirectories: true)
        }
        for result in results {
            let id = result.record.id
            if let prediction = result.prediction {
                try files.copyItem(atPath: prediction, toPath: draft + "/predictions/\(id).\((prediction as NSString).pathExtension)")
            }
            if let evidence = result.evidence { try files.copyItem(atPath: evidence, toPath: draft + "/evidence/\(id).json") }
            for (ending, text) in [("stdout", result.log?.output ?? ""), ("stderr", result.log?.error ?? "")] where !text.isEmpty {
                try AtomicFile.write(text: text, to: draft + "/logs/\(id).\(ending).txt")
            }
        }
        try AtomicFile.write(CanonicalJSON.encode(record), to: draft + "/record.json")
    }
}
