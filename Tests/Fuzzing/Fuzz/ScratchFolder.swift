import Glibc

/// A folder in memory for as long as the process runs; the files in it are replaced by each input.
struct ScratchFolder {
    static let shared = ScratchFolder()

    let path: String

    private init?() {
        var template = Array("/dev/shm/concours-fuzz-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { return nil }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func write(_ bytes: [UInt8], to name: String) -> Bool {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }

    func remove() {
        for name in ["bioimageio.yaml", "image"] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
