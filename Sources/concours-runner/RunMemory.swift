/// How the memory of `--memory` is shared out in a model's run.
struct RunMemory {
    /// All of it, in bytes.
    let total: Int

    /// The largest cache of decoded blocks.
    private static let largestCache = 256 << 20

    /// Bytes for decoded blocks: an eighth, at most 256 MiB.
    var blockCache: Int { min(total / 8, Self.largestCache) }

    /// Bytes for the network's activations: all but the cache, and half of that for what is between file and network.
    var network: Int { total - blockCache - blockCache / 2 }

    /// The least total in whole MiB that leaves so many bytes to the network.
    init(leavingToNetwork bytes: Int) {
        let mebibyte = 1 << 20
        let least = bytes <= 2 << 30 / 16 * 13 ? bytes / 13 * 16 : bytes + Self.largestCache * 3 / 2
        var mebibytes = max(1, least / mebibyte)
        while RunMemory(total: mebibytes * mebibyte).network < bytes { mebibytes += 1 }
        self.init(total: mebibytes * mebibyte)
    }

    /// Shares out so many bytes.
    init(total: Int) { self.total = total }
}
