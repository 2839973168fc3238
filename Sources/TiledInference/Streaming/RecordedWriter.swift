internal import Imaging

/// A file of a run whose journal learns of every region that was written, with a checksum, so that a run that goes on sees whether
/// it is still there.
final class RecordedWriter: BlockWriter {
    var shape: [Int] { file.shape }
    var blockShape: [Int] { file.blockShape }
    var changesWholeBlocks: Bool { file.changesWholeBlocks }

    private let file: any RereadableWriter
    private let name: String
    private let journal: RunJournal

    /// - Parameter name: the file's name in the folder of the work.
    init(_ file: any RereadableWriter, named name: String, in journal: RunJournal) {
        self.file = file
        self.name = name
        self.journal = journal
    }

    func write(_ pixels: Pixels, to region: [Range<Int>]) throws(ImageError) {
        try file.write(pixels, to: region)
        journal.note(written: RunJournal.Written(file: name, region: region, checksum: Checksum.of(pixels)))
    }
}
