import CSodium

/// A SHA-256 digest of bytes that come in pieces.
public struct IncrementalDigest: Sendable {
    private var state = crypto_hash_sha256_state()

    /// The digest of no bytes yet.
    public init() {
        // Neither this nor the calls below can fail, and SHA-256 needs no sodium_init.
        _ = crypto_hash_sha256_init(&state)
    }

    /// Adds the next bytes.
    public mutating func update(_ bytes: [UInt8]) {
        _ = crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
    }

    /// Adds the next bytes without a copy.
    public mutating func update(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { buffer in
            // An empty buffer may have no address; the C function reads nothing then.
            guard let address = buffer.baseAddress else { return }
            _ = crypto_hash_sha256_update(&state, address.assumingMemoryBound(to: UInt8.self), UInt64(buffer.count))
        }
    }

    /// The digest of everything so far; more bytes may follow.
    public func finish() -> Digest {
        var copy = state
        var bytes = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        _ = crypto_hash_sha256_final(&copy, &bytes)
        return Digest(raw: bytes)
    }
}
