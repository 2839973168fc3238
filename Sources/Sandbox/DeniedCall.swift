/// A system call that no sandboxed program may make, with its number on each architecture.
///
/// Numbers from the kernel's `unistd.h` of x86-64 and of the generic table that aarch64 uses.
struct DeniedCall: Sendable {
    /// What the program sees.
    enum Answer: Sendable {
        /// "Operation not permitted".
        case notPermitted
        /// "Function not implemented": libraries then take their older way.
        case notImplemented
    }

    let name: String
    let x86_64: UInt32
    /// `nil` where the architecture has no such call.
    let aarch64: UInt32?
    let answer: Answer

    private init(_ name: String, x86_64: UInt32, aarch64: UInt32?, _ answer: Answer) {
        self.name = name
        self.x86_64 = x86_64
        self.aarch64 = aarch64
        self.answer = answer
    }

    /// The number on an architecture.
    func number(on architecture: SystemCallFilter.Architecture) -> UInt32? {
        architecture == .x86_64 ? x86_64 : aarch64
    }

    /// Denied where no cgroup counts memory: a memory file is not part of the address space that `RLIMIT_AS` bounds.
    static let memoryFile = DeniedCall("memfd_create", x86_64: 319, aarch64: 279, .notPermitted)

    /// Denied always.
    static let always: [DeniedCall] = [
        // Other processes.
        DeniedCall("ptrace", x86_64: 101, aarch64: 117, .notPermitted),
        DeniedCall("process_vm_readv", x86_64: 310, aarch64: 270, .notPermitted),
        DeniedCall("process_vm_writev", x86_64: 311, aarch64: 271, .notPermitted),
        DeniedCall("process_madvise", x86_64: 440, aarch64: 440, .notPermitted),
        DeniedCall("process_mrelease", x86_64: 448, aarch64: 448, .notPermitted),
        DeniedCall("kcmp", x86_64: 312, aarch64: 272, .notPermitted),
        DeniedCall("pidfd_getfd", x86_64: 438, aarch64: 438, .notPermitted),
        // Mounts, roots and namespaces.
        DeniedCall("mount", x86_64: 165, aarch64: 40, .notPermitted),
        DeniedCall("umount2", x86_64: 166, aarch64: 39, .notPermitted),
        DeniedCall("pivot_root", x86_64: 155, aarch64: 41, .notPermitted),
        DeniedCall("chroot", x86_64: 161, aarch64: 51, .notPermitted),
        DeniedCall("unshare", x86_64: 272, aarch64: 97, .notPermitted),
        DeniedCall("setns", x86_64: 308, aarch64: 268, .notPermitted),
        // The newer mount interface, refused as if the kernel were older.
        DeniedCall("open_tree", x86_64: 428, aarch64: 428, .notImplemented),
        DeniedCall("move_mount", x86_64: 429, aarch64: 429, .notImplemented),
        DeniedCall("fsopen", x86_64: 430, aarch64: 430, .notImplemented),
        DeniedCall("fsconfig", x86_64: 431, aarch64: 431, .notImplemented),
        DeniedCall("fsmount", x86_64: 432, aarch64: 432, .notImplemented),
        DeniedCall("fspick", x86_64: 433, aarch64: 433, .notImplemented),
        DeniedCall("mount_setattr", x86_64: 442, aarch64: 442, .notImplemented),
        DeniedCall("open_tree_attr", x86_64: 467, aarch64: 467, .notImplemented),
        DeniedCall("statmount", x86_64: 457, aarch64: 457, .notImplemented),
        DeniedCall("listmount", x86_64: 458, aarch64: 458, .notImplemented),
        DeniedCall("listns", x86_64: 470, aarch64: 470, .notImplemented),
        // Large kernel surfaces that programs do without.
        DeniedCall("io_uring_setup", x86_64: 425, aarch64: 425, .notImplemented),
        DeniedCall("io_uring_enter", x86_64: 426, aarch64: 426, .notImplemented),
        DeniedCall("io_uring_register", x86_64: 427, aarch64: 427, .notImplemented),
        DeniedCall("userfaultfd", x86_64: 323, aarch64: 282, .notImplemented),
        DeniedCall("memfd_secret", x86_64: 447, aarch64: 447, .notImplemented),
        // Key rings outlive a sandbox.
        DeniedCall("keyctl", x86_64: 250, aarch64: 219, .notImplemented),
        DeniedCall("add_key", x86_64: 248, aarch64: 217, .notImplemented),
        DeniedCall("request_key", x86_64: 249, aarch64: 218, .notImplemented),
        // The kernel itself.
        DeniedCall("bpf", x86_64: 321, aarch64: 280, .notPermitted),
        DeniedCall("perf_event_open", x86_64: 298, aarch64: 241, .notPermitted),
        DeniedCall("init_module", x86_64: 175, aarch64: 105, .notPermitted),
        DeniedCall("finit_module", x86_64: 313, aarch64: 273, .notPermitted),
        DeniedCall("delete_module", x86_64: 176, aarch64: 106, .notPermitted),
        DeniedCall("kexec_load", x86_64: 246, aarch64: 104, .notPermitted),
        DeniedCall("kexec_file_load", x86_64: 320, aarch64: 294, .notPermitted),
        DeniedCall("reboot", x86_64: 169, aarch64: 142, .notPermitted),
        DeniedCall("swapon", x86_64: 167, aarch64: 224, .notPermitted),
        DeniedCall("swapoff", x86_64: 168, aarch64: 225, .notPermitted),
        DeniedCall("acct", x86_64: 163, aarch64: 89, .notPermitted),
        DeniedCall("quotactl", x86_64: 179, aarch64: 60, .notPermitted),
        DeniedCall("quotactl_fd", x86_64: 443, aarch64: 443, .notPermitted),
        DeniedCall("syslog", x86_64: 103, aarch64: 116, .notPermitted),
        DeniedCall("settimeofday", x86_64: 164, aarch64: 170, .notPermitted),
        DeniedCall("clock_settime", x86_64: 227, aarch64: 112, .notPermitted),
        DeniedCall("adjtimex", x86_64: 159, aarch64: 171, .notPermitted),
        DeniedCall("clock_adjtime", x86_64: 305, aarch64: 266, .notPermitted),
        DeniedCall("ioperm", x86_64: 173, aarch64: nil, .notPermitted),
        DeniedCall("iopl", x86_64: 172, aarch64: nil, .notPermitted),
        DeniedCall("modify_ldt", x86_64: 154, aarch64: nil, .notPermitted),
        DeniedCall("sethostname", x86_64: 170, aarch64: 161, .notPermitted),
        DeniedCall("setdomainname", x86_64: 171, aarch64: 162, .notPermitted),
        DeniedCall("vhangup", x86_64: 153, aarch64: 58, .notPermitted),
        DeniedCall("lookup_dcookie", x86_64: 212, aarch64: 18, .notPermitted),
        DeniedCall("uselib", x86_64: 134, aarch64: nil, .notPermitted),
        DeniedCall("_sysctl", x86_64: 156, aarch64: nil, .notPermitted),
        DeniedCall("nfsservctl", x86_64: 180, aarch64: 42, .notPermitted),
        DeniedCall("sysfs", x86_64: 139, aarch64: nil, .notPermitted),
        DeniedCall("ustat", x86_64: 136, aarch64: nil, .notPermitted),
        DeniedCall("lsm_set_self_attr", x86_64: 460, aarch64: 460, .notPermitted),
        // Files behind the back of the mount table, and special files.
        DeniedCall("name_to_handle_at", x86_64: 303, aarch64: 264, .notPermitted),
        DeniedCall("open_by_handle_at", x86_64: 304, aarch64: 265, .notPermitted),
        DeniedCall("fanotify_init", x86_64: 300, aarch64: 262, .notPermitted),
        DeniedCall("mknod", x86_64: 133, aarch64: nil, .notPermitted),
        DeniedCall("mknodat", x86_64: 259, aarch64: 33, .notPermitted),
        // Placement of memory.
        DeniedCall("mbind", x86_64: 237, aarch64: 235, .notPermitted),
        DeniedCall("set_mempolicy", x86_64: 238, aarch64: 237, .notPermitted),
        DeniedCall("set_mempolicy_home_node", x86_64: 450, aarch64: 450, .notPermitted),
        DeniedCall("move_pages", x86_64: 279, aarch64: 239, .notPermitted),
        DeniedCall("migrate_pages", x86_64: 256, aarch64: 238, .notPermitted),
        DeniedCall("remap_file_pages", x86_64: 216, aarch64: 234, .notPermitted),
        DeniedCall("vmsplice", x86_64: 278, aarch64: 75, .notPermitted),
        // The page cache is shared with other sandboxes: what is in it, and what is driven out of it, would be a message.
        DeniedCall("fadvise64", x86_64: 221, aarch64: 223, .notImplemented),
        DeniedCall("readahead", x86_64: 187, aarch64: 213, .notImplemented),
        DeniedCall("mincore", x86_64: 27, aarch64: 232, .notImplemented),
        DeniedCall("cachestat", x86_64: 451, aarch64: 451, .notImplemented),
        // Queues and segments with names of their own.
        DeniedCall("mq_open", x86_64: 240, aarch64: 180, .notPermitted),
        DeniedCall("msgget", x86_64: 68, aarch64: 186, .notPermitted),
        DeniedCall("semget", x86_64: 64, aarch64: 190, .notPermitted),
        DeniedCall("shmget", x86_64: 29, aarch64: 194, .notPermitted),
    ]
}
