/// Why an archive is refused.
enum ZipArchiveError: Error, CustomStringConvertible {
    case unreadable(String)
    case tooManyEntries(found: Int, allowed: Int)
    case tooManyBytes(allowed: Int)
    case badName(String, reason: String)
    case duplicateName(String)
    case notAFile(String)
    case encrypted(String)
    case damaged(String, String)
    case notWritable(String)
    case stranger(String, bytes: Int, allowed: Int, description: String)
    case strangers(Int, bytes: Int, allowed: Int, description: String)
    case longDescription(String, bytes: Int, allowed: Int)

    var description: String {
        switch self {
        case .unreadable(let reason): "the archive cannot be read as a zip file (\(reason)); hand in a zip archive or a folder"
        case .tooManyEntries(let found, let allowed): "the archive has \(found) entries; at most \(allowed) are allowed"
        case .tooManyBytes(let allowed): "the archive unpacks to more than the \(allowed) bytes that are allowed"
        case .badName(let name, let reason): "the archive holds the name “\(name)”, which \(reason); use plain relative names"
        case .duplicateName(let name): "the archive holds “\(name)” twice (letter case and accents do not tell names apart)"
        case .notAFile(let name): "“\(name)” in the archive is a link or a special file; only files and folders are allowed"
        case .encrypted(let name): "“\(name)” in the archive is encrypted; hand in an archive without a password"
        case .damaged(let name, let reason): "“\(name)” in the archive is damaged (\(reason)); pack it again"
        case .notWritable(let name):
            "“\(name)” could not be written; a file stands where a folder is needed, or there is no space left for the unpacked archive"
        case .stranger(let name, let bytes, let allowed, let description):
            "“\(name)” in the archive unpacks to \(bytes >> 20) MiB and \(description) does not name it; leave out files above "
                + "\(allowed >> 20) MiB that do not belong to the package"
        case .strangers(let count, let bytes, let allowed, let description):
            "\(count) files in the archive unpack to \(bytes >> 20) MiB and \(description) does not name them; leave out what does not "
                + "belong to the package, down to \(allowed >> 20) MiB"
        case .longDescription(let name, let bytes, let allowed):
            "“\(name)” in the archive has \(bytes) bytes; keep it below \(allowed) bytes"
        }
    }
}
