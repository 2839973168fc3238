import Foundation

/// Reading from a challenge folder: regular files inside it, within a size.
enum ChallengeFolder {
    /// The reason where there is no such file.
    static let absent = "does not exist"
    /// The reason where a file was given in place of a folder.
    static let noFolder = "is a file, not a folder"
    private static let denied = "cannot be read (permission denied)"

    /// The bytes of a regular file; otherwise the reason in words, as the end of a sentence.
    static func bytes(of path: String, limit: Int) -> CaseListSource {
        let attributes: [FileAttributeKey: Any]
        do {
            // The attributes are those of a link itself, so the link is resolved first.
            attributes = try FileManager.default.attributesOfItem(atPath: resolved(path))
        } catch {
            return .missing(reason(error))
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { return .missing("is no file") }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else { return .missing("has \(size) bytes, more than \(limit)") }
        guard let content = FileManager.default.contents(atPath: path) else { return .missing(denied) }
        return .bytes(Array(content))
    }

    /// Whether a file exists, is a regular file and lies in the folder with all links followed; otherwise the reason and what to do.
    static func mistake(in path: String, folder: String) -> (reason: String, write: String)? {
        let mend = "put the file there or mend the path; paths are relative to the folder of the list"
        if let reason = escapes(path, from: folder) { return (reason, mend) }
        do {
            let full = resolved(RelativePath.join(folder, path))
            let type = try FileManager.default.attributesOfItem(atPath: full)[.type] as? FileAttributeType
            if type == .typeRegular { return FileManager.default.isReadableFile(atPath: full) ? nil : (denied, readable) }
            return (type == .typeDirectory ? "is a folder" : "is no regular file", mend)
        } catch {
            let reason = reason(error)
            return (reason, reason == denied ? readable : mend)
        }
    }

    /// Whether there is a file that is no folder.
    static func isFile(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    }

    /// What to do about a file that cannot be read.
    static let readable = "give yourself the right to read it (`chmod u+r`, and `u+x` for its folders)"

    private static func reason(_ error: any Error) -> String {
        (error as? CocoaError)?.code == .fileReadNoPermission ? denied : absent
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
