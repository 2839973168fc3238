internal import Imaging

/// Where a streamed run keeps what it has done, so that it goes on when it is started again.
struct StreamedWork {
    let journal: RunJournal
    /// Where outputs go.
    let files: RunFiles
    /// The folder for scratch files.
    let folder: String
    /// Where the pixels of the images lie, by input.
    let geometries: [String: ImageGeometry]
    /// Called when all outputs of a tile are written, with checksums of the sums that it changed.
    let finished: (_ tile: Int, _ sums: [UInt64]) throws(InferenceError) -> Void

    /// Whether an earlier run finished a tile.
    func isDone(_ tile: Int) -> Bool { journal.finished.contains(tile) }
}
