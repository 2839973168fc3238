internal import CKernels

/// What the allocator does with memory that is free again.
public enum FreedMemory {
    /// Where the GNU allocator begins to give large arrays back at once, and the most that is kept.
    private static let least = 128 << 10, most = 8 << 20

    /// Keeps some of it for the whole process, a 32nd of what may be held and at most 8 MiB, and gives back large arrays at once.
    ///
    /// Windows of a few megabytes come and go all the time, and fresh memory costs a fault for each page. By default the bound for large
    /// arrays rises with the first one that is freed, and the holes that later ones leave in the heap grow with the image.
    public static func keep(of memoryBytes: Int) {
        let kept = max(least, min(memoryBytes / 32, most))
        ck_keep_freed_memory(Int32(max(least, kept / 2)), Int32(kept))
    }
}
