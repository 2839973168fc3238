import Foundation

/// Reading from a challenge folder: regular files inside it, within a size.
enum ChallengeFolder {
    /// The bytes of a regular file; otherwise the reason in words, as the end of a sentence.
    static func bytes(of path: String, limit: Int) -> CaseListSource {
        let attributes: [FileAttributeKey: Any]
        do {
            // The attributes are those of a link itself, so the link is resolved first.
            attributes = try FileManager.default.attributesOfItem(atPath: resolved(path))
        } catch {
            return .missing("does not exist")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { return .missing("is no file") }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else { return .missing("has \(size) bytes, more than \(limit)") }
        guard let content = FileManager.default.contents(atPath: path) else { return .missing("cannot be read") }
        return .bytes(Array(content))
    }

    /// Whether a file exists, is a regular file and lies in the folder with all links followed; otherwise the reason.
    static func mistake(in path: String, folder: String) -> String? {
        if let reason = escapes(path, from: folder) { return reason }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: RelativePath.join(folder, path), isDirectory: &isFolder) else {
            return "does not exist"
        }
        return isFolder.boolValue ? "is a folder" : nil
    }

    /// Whether a link on the way leads out of the folder; otherwise `nil`.
    static func escapes(_ path: String, from folder: String) -> String? {
        let root = resolved(folder)
        let target = resolved(RelativePath.join(folder, path))
        return target == root || RelativePath.lies(target, in: root == "/" ? "" : root)
            ? nil : "is a link that leads out of the challenge folder"
    }

    /// The files below a folder of the challenge, as sorted paths relative to the challenge folder; links are not followed.
    static func files(below part: String, of folder: String) -> [String] {
        let start = part.isEmpty ? folder : RelativePath.join(folder, part)
        guard let enumerator = FileManager.default.enumerator(atPath: start) else { return [] }
        var files: [String] = []
        while let name = enumerator.nextObject() as? String {
            guard enumerator.fileAttributes?[.type] as? FileAttributeType == .typeRegular else { continue }
            files.append(RelativePath.join(part, name))
        }
        return files.sorted()
    }

    /// The size of a file in bytes.
    static func size(of path: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved(path))
        return (attributes?[.size] as? NSNumber)?.intValue
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
