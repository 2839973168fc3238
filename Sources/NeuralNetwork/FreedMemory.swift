internal import CKernels

/// What the allocator does with memory that is free again.
public enum FreedMemory {
    /// Keeps up to 8 MiB of it for the whole process: windows of a few megabytes come and go all the time, and fresh memory costs a
    /// fault for each page.
    public static func keepForWindows() { ck_keep_freed_memory() }
}
