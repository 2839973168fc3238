/// Sizes of memory as `--memory` takes them: whole MiB, rounded up, or GiB where they come out even.
public enum MemorySize {
    /// Such as `512MiB` or `2GiB`.
    public static func text(_ bytes: Int) -> String {
        let mebibytes = bytes >> 20 + (bytes & (1 << 20 - 1) == 0 ? 0 : 1)
        return mebibytes >= 1024 && mebibytes % 1024 == 0 ? "\(mebibytes / 1024)GiB" : "\(mebibytes)MiB"
    }
}
