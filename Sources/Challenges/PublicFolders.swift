import Imaging
import Records

/// Hidden files that participants would get with the public data: in a public folder, or as a copy in one.
///
/// Public folders are the folders of public case lists with everything below them, and the folders of public images and truths.
struct PublicFolders {
    private let folder: String
    /// Each public folder with a split that makes it public, sorted by path.
    private let folders: [(path: String, split: String)]
    /// Files of listed cases; the check for duplicates looks at them.
    private let listed: Set<String>

    init(folder: String, splits: [SplitDraft]) {
        self.folder = folder
        var folders: [String: String] = [:]
        var listed: Set<String> = []
        for split in splits {
            for entry in split.cases { listed.formUnion([entry.image, entry.truth]) }
            guard split.visibility == .public else { continue }
            let paths = [split.caseList].compactMap(\.self) + split.cases.flatMap { [$0.image, $0.truth] }
            for path in paths { folders[RelativePath.folder(of: path)] = folders[RelativePath.folder(of: path)] ?? split.id }
        }
        self.folders = folders.sorted { $0.key < $1.key }.map { (path: $0.key, split: $0.value) }
        self.listed = listed
    }

    func diagnostics(for fingerprints: [DataCheck.Fingerprint]) -> [Diagnostic] {
        let hidden = fingerprints.filter { $0.split.visibility == .hidden }
        guard !hidden.isEmpty, !folders.isEmpty else { return [] }
        let copies = unlistedFiles(like: hidden)
        var diagnostics: [Diagnostic] = []
        for fingerprint in hidden {
            let files = [("image", fingerprint.entry.image, fingerprint.image), ("truth", fingerprint.entry.truth, fingerprint.truth)]
            for (role, path, file) in files {
                if let place = folders.first(where: { RelativePath.lies(path, in: $0.path) }) {
                    let name = place.path.isEmpty ? "the challenge folder itself" : "`\(Quoting.visible(place.path))`"
                    diagnostics.append(
                        diagnostic(
                            fingerprint,
                            found: "the hidden \(role) \(Quoting.quoted(path)) in \(name), a folder of the public split `\(place.split)`",
                            write: "move hidden files and public files to different folders"))
                }
                if role == "truth", fingerprint.truthIsEmpty { continue }
                if let file, let copy = copies.byFile[file.file] ?? copies.byPixels[file.pixels] {
                    diagnostics.append(
                        diagnostic(
                            fingerprint,
                            found:
                                "a copy of the hidden \(role) of case `\(fingerprint.entry.id)` in a public folder: \(Quoting.quoted(copy))",
                            write: "remove the copy; what is public cannot be hidden"))
                }
            }
        }
        return diagnostics
    }

    private func diagnostic(_ fingerprint: DataCheck.Fingerprint, found: String, write: String) -> Diagnostic {
        Diagnostic(file: fingerprint.split.file, line: fingerprint.entry.line, found: found, write: write)
    }

    /// Files in public folders that belong to no listed case, by their digests.
    private func unlistedFiles(like hidden: [DataCheck.Fingerprint]) -> (byFile: [Digest: String], byPixels: [Digest: String]) {
        var byFile: [Digest: String] = [:]
        var byPixels: [Digest: String] = [:]
        var seen: Set<String> = []
        let hiddenSizes = Set(
            hidden.flatMap { [$0.entry.image, $0.entry.truth] }.compactMap { ChallengeFolder.size(of: RelativePath.join(folder, $0)) })
        for place in folders {
            for file in ChallengeFolder.files(below: place.path, of: folder) where !listed.contains(file) && seen.insert(file).inserted {
                let path = RelativePath.join(folder, file)
                // Whatever its name, a file of the same bytes has the same size; only these need to be read.
                if let size = ChallengeFolder.size(of: path), hiddenSizes.contains(size), let digest = try? Digest(ofFile: path) {
                    byFile[digest] = byFile[digest] ?? file
                }
                // A file that is no readable image cannot hold the same pixels in a way that could be compared.
                if ImageFormat.of(fileName: file) != nil, let fingerprint = try? FileFingerprint(path: path) {
                    byPixels[fingerprint.pixels] = byPixels[fingerprint.pixels] ?? file
                }
            }
        }
        return (byFile, byPixels)
    }
}
