import Imaging
import Metrics
import Records

/// Looks into the images and truths of a challenge.
struct DataCheck {
    /// More than this share of tiny objects is worth a warning.
    static let tinyShare = 0.1
    /// At most this many warnings of one kind are told case by case.
    static let warningsOfAKind = 10

    let folder: String
    let task: TaskDraft
    let needsSpacing: Bool
    private(set) var diagnostics: [Diagnostic] = []
    private(set) var statistics: [SplitStatistics] = []
    private(set) var fingerprints: [Fingerprint] = []

    /// What tells a case's files apart from others.
    struct Fingerprint {
        var split: SplitDraft
        var entry: CaseEntry
        var image: FileFingerprint?
        var truth: FileFingerprint?
        /// An empty truth is equal to every other empty truth, and tells nothing.
        var truthIsEmpty = false
    }

    init(folder: String, task: TaskDraft, metrics: [String]) {
        self.folder = folder
        self.task = task
        needsSpacing = metrics.contains { id in ["um", "nm", "mm"].contains { id.contains("@") && id.hasSuffix($0) } }
    }

    /// Checks every case, then the cases against each other.
    mutating func run(_ splits: [SplitDraft], progress: (ChallengeCheck.Progress) -> Void) {
        let total = splits.reduce(0) { $0 + $1.cases.count }
        var done = 0
        for split in splits {
            var numbers = SplitStatistics(split: split)
            for entry in split.cases {
                check(entry, of: split, numbers: &numbers)
                done += 1
                progress(ChallengeCheck.Progress(done: done, total: total, name: "\(split.id)/\(entry.id)"))
            }
            if numbers.objects > 0, Double(numbers.tinyObjects) > Self.tinyShare * Double(numbers.objects),
                task.kind == .instanceSegmentation
            {
                let percent = (numbers.tinyObjects * 100 + numbers.objects / 2) / numbers.objects
                report(
                    split.file, line: nil, severity: .warning,
                    found: "\(numbers.tinyObjects) of \(numbers.objects) objects (\(percent) %) below \(SplitStatistics.tinyPixels) px",
                    write: "remove specks, or use metrics that count (such as `f1@1/2`) and a low threshold; overlaps of tiny objects jump")
            }
            statistics.append(numbers)
        }
        diagnostics += DuplicateImages.diagnostics(for: fingerprints)
        diagnostics += PublicFolders(folder: folder, splits: splits).diagnostics(for: fingerprints)
        shortenWarnings()
    }

    // MARK: One case

    private mutating func check(_ entry: CaseEntry, of split: SplitDraft, numbers: inout SplitStatistics) {
        var fingerprint = Fingerprint(split: split, entry: entry)
        let image = header(entry.image, role: "image", slot: task.input, split: split, entry: entry)
        let truth = header(entry.truth, role: "truth", slot: task.output, split: split, entry: entry)
        if image != nil { fingerprint.image = readImage(entry, split: split) }
        if let truth {
            var fits = true
            if let image { fits = checkShapes(image: image, truth: truth, split: split, entry: entry) }
            if fits { readTruth(entry, split: split, fingerprint: &fingerprint, numbers: &numbers) }
        }
        let axes = (task.input.axes ?? image?.axes ?? []).filter(\.isSpatial)
        if needsSpacing, let image, entry.spacing == nil, axes.contains(where: { image.spacing[$0] == nil }) {
            report(
                split.file, line: entry.line,
                found: "no spacing of case `\(entry.id)`, neither in the list nor in the image, for a metric in micrometres",
                write: "write a column `spacing` with micrometres, such as `0.65 0.65`")
        }
        fingerprints.append(fingerprint)
    }

    /// The header of a file, if it exists, can be read, and has a declared format and the declared axes.
    private mutating func header(_ path: String, role: String, slot: TaskDraft.SlotDraft, split: SplitDraft, entry: CaseEntry)
        -> ImageHeader?
    {
        let name = "the \(role) \(Quoting.quoted(path)) of case `\(entry.id)`"
        if let mistake = ChallengeFolder.mistake(in: path, folder: folder) {
            report(
                split.file, line: entry.line, found: "\(name), which \(mistake.reason)", write: mistake.write)
            return nil
        }
        let header: ImageHeader
        do {
            header = try ImageFile.header(RelativePath.join(folder, path))
        } catch {
            report(split.file, line: entry.line, found: "\(name): \(error.finding)", write: error.advice)
            return nil
        }
        if let formats = slot.formats, !formats.contains(header.format) {
            report(
                split.file, line: entry.line, found: "\(name) in the format `\(header.format.rawValue)`, which `task` does not declare",
                write: "convert it to \(Quoting.choice(formats.map(\.rawValue))), or declare the format")
            return nil
        }
        // NPY files do not name their axes, so only their number can be compared.
        if let declared = slot.axes, header.format == .npy ? header.axes.count != declared.count : header.axes != declared {
            let axes = header.axes.map(\.rawValue).joined()
            report(
                split.file, line: entry.line,
                found:
                    "\(name) with axes \(axes) and shape \(Self.shape(header.shape)), where `task` declares \(declared.map(\.rawValue).joined())",
                write: "convert it, or declare `axes: \(axes)`")
            return nil
        }
        return header
    }

    private mutating func checkShapes(image: ImageHeader, truth: ImageHeader, split: SplitDraft, entry: CaseEntry) -> Bool {
        // Where the task does not tell the axes, the files do, apart from NPY.
        guard let inputAxes = task.input.axes ?? (image.format == .npy ? nil : image.axes),
            let outputAxes = task.output.axes ?? (truth.format == .npy ? nil : truth.axes),
            let expected = OutputContract.expectedShape(image.shape, inputAxes: inputAxes, outputAxes: outputAxes),
            expected != truth.shape
        else { return true }
        report(
            split.file, line: entry.line,
            found: "a truth of shape \(Self.shape(truth.shape)) for an image of shape \(Self.shape(expected)) in case `\(entry.id)`",
            write: "give the truth the shape \(Self.shape(expected))")
        return false
    }

    private mutating func readImage(_ entry: CaseEntry, split: SplitDraft) -> FileFingerprint? {
        do {
            return try FileFingerprint(path: RelativePath.join(folder, entry.image))
        } catch {
            report(
                split.file, line: entry.line,
                found: "the image \(Quoting.quoted(entry.image)) of case `\(entry.id)`: \(error.finding)", write: error.advice)
            return nil
        }
    }

    private mutating func readTruth(
        _ entry: CaseEntry, split: SplitDraft, fingerprint: inout Fingerprint, numbers: inout SplitStatistics
    ) {
        let path = RelativePath.join(folder, entry.truth)
        let objects: LabelStatistics
        do {
            let image = try ImageFile.read(path)
            // NPY does not name its axes; those of the task were compared by their number.
            let named =
                Image(shape: image.shape, axes: task.output.axes ?? image.axes, spacing: image.spacing, pixels: image.pixels) ?? image
            fingerprint.truth = try FileFingerprint(path: path, image: named)
            objects = LabelStatistics(try LabelImage(named))
        } catch {
            report(
                split.file, line: entry.line,
                found: "the truth \(Quoting.quoted(entry.truth)) of case `\(entry.id)`: \(error.finding)",
                write: error.advice)
            return
        }
        fingerprint.truthIsEmpty = objects.sizes.isEmpty
        numbers.add(objects)
        if objects.sizes.isEmpty {
            report(
                split.file, line: entry.line, severity: .warning, found: "an empty truth in case `\(entry.id)`",
                write: "make sure that the image has no object; the metrics' conventions for empty images decide its score")
        }
        if task.kind == .instanceSegmentation, !objects.inPieces.isEmpty {
            let list = objects.inPieces.prefix(5).map(String.init).joined(separator: ", ")
            report(
                split.file, line: entry.line, severity: .warning,
                found:
                    "\(objects.inPieces.count) label\(objects.inPieces.count == 1 ? "" : "s") in more than one piece in case `\(entry.id)` "
                    + "(\(list)\(objects.inPieces.count > 5 ? ", …" : ""))",
                write: "give each piece a label of its own if they are different objects")
        }
    }

    // MARK: Reporting

    /// Warnings of one kind about more than ten cases of a list become one.
    private mutating func shortenWarnings() {
        var counts: [String: Int] = [:]
        var kept: [Diagnostic] = []
        for diagnostic in diagnostics {
            guard diagnostic.severity == .warning, diagnostic.line != nil else {
                kept.append(diagnostic)
                continue
            }
            let kind = diagnostic.file + "\n" + diagnostic.write
            counts[kind, default: 0] += 1
            if counts[kind, default: 0] <= Self.warningsOfAKind { kept.append(diagnostic) }
        }
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.warningsOfAKind {
            let parts = kind.split(separator: "\n", maxSplits: 1).map(String.init)
            report(
                parts[0], line: nil, severity: .warning, found: "the same in \(count - Self.warningsOfAKind) more cases",
                write: parts.count > 1 ? parts[1] : "", to: &kept)
        }
        diagnostics = kept
    }

    private func report(
        _ file: String, line: Int?, severity: Diagnostic.Severity, found: String, write: String, to list: inout [Diagnostic]
    ) {
        list.append(Diagnostic(file: file, line: line, severity: severity, found: found, write: write))
    }

    private mutating func report(_ file: String, line: Int?, severity: Diagnostic.Severity = .error, found: String, write: String) {
        report(file, line: line, severity: severity, found: found, write: write, to: &diagnostics)
    }

    private static func shape(_ extents: [Int]) -> String { "(" + extents.map(String.init).joined(separator: ", ") + ")" }
}
