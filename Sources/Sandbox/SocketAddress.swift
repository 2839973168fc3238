import Glibc

/// An address to listen on, as the bytes of its C structure: the family, and what belongs to it.
struct SocketAddress {
    private let bytes: [UInt8]

    /// Any free port of 127.0.0.1.
    static let loopback = SocketAddress(family: AF_INET, rest: [0, 0, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8))

    /// A name that is no file.
    static func abstract(_ name: String) -> SocketAddress { SocketAddress(family: AF_UNIX, rest: [0] + Array(name.utf8)) }

    /// A file.
    static func path(_ path: String) -> SocketAddress { SocketAddress(family: AF_UNIX, rest: Array(path.utf8) + [0]) }

    private init(family: Int32, rest: [UInt8]) {
        bytes = [UInt8(family), 0] + rest
    }

    /// Gives a socket this address.
    func bind(_ socket: borrowing FileDescriptor) -> Bool {
        let number = socket.number
        return bytes.withUnsafeBytes { raw in
            // The kernel reads exactly these bytes.
            guard let address = raw.assumingMemoryBound(to: sockaddr.self).baseAddress else { return false }
            return Glibc.bind(number, address, socklen_t(raw.count)) == 0
        }
    }

    /// The port that a listening socket was given.
    static func port(of socket: borrowing FileDescriptor) -> Int {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socket.number
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &size) }
        }
        return result == 0 ? Int(UInt16(bigEndian: address.sin_port)) : 0
    }
}
