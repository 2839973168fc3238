import Foundation

/// One line on standard error that follows long work: written over on a screen, left out elsewhere.
struct ProgressLine {
    private var width = 0

    /// Shows how far the work is, such as `unet  5 of 8 cases`.
    mutating func show(_ text: String) {
        guard Terminal.isInteractive else { return }
        let padding = String(repeating: " ", count: max(0, width - text.count))
        FileHandle.standardError.write(Data("\r\(text)\(padding)".utf8))
        width = text.count
    }

    /// Removes the line, so that what follows begins on an empty one.
    mutating func clear() {
        guard Terminal.isInteractive, width > 0 else { return }
        FileHandle.standardError.write(Data("\r\(String(repeating: " ", count: width))\r".utf8))
        width = 0
    }
}
