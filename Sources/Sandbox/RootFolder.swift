import Glibc

/// A folder such as `/lib` as the host has it: a link into `/usr` on most systems, a real folder on some.
enum RootFolder: Sendable, Equatable {
    case link(name: String, target: String)
    case folder(name: String)

    /// The ones of this machine among `/bin`, `/sbin` and the `lib` folders.
    static func ofThisMachine() -> [RootFolder] {
        ["bin", "sbin", "lib", "lib32", "lib64", "libx32"].compactMap { name in
            var target = [CChar](repeating: 0, count: 256)
            let count = readlink("/\(name)", &target, target.count)
            if count > 0 {
                return .link(name: name, target: String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self))
            }
            return access("/\(name)", F_OK) == 0 ? .folder(name: name) : nil
        }
    }

    var arguments: [String] {
        switch self {
        case .link(let name, let target): ["--symlink", target, "/\(name)"]
        case .folder(let name): ["--ro-bind", "/\(name)", "/\(name)"]
        }
    }
}
