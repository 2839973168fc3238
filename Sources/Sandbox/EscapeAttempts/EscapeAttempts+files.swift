extension EscapeAttempts {
    /// Files of the host, other mounts, and whatever else a path or a descriptor leads to.
    static let files = #"""
        # Files of the host.
        add_read("f_secret", CANARY["secret"], True)
        add_read("f_secret_traverse", "/input/../.." + CANARY["secret"])
        add_read("f_secret_rootlink", "/proc/1/root" + CANARY["secret"])
        add_read("f_secret_cwdlink", "/proc/1/cwd/../../../.." + CANARY["secret"])
        add_read("f_sibling", CANARY["sibling"], True)
        add_read("f_shadow", "/etc/shadow")
        add_read("f_kmsg", "/dev/kmsg")
        add_open_for_writing("f_sysrq", "/proc/sysrq-trigger")
        add_open_for_writing("f_core_pattern", "/proc/sys/kernel/core_pattern")
        add_open_for_writing("f_sysfs_w", "/sys/kernel/uevent_helper")
        add_open_for_writing("f_cgroupfs", "/sys/fs/cgroup/cgroup.procs")
        add_open_for_writing("f_selfexe", "/proc/1/exe")


        def add_creation(identifier, path):
            def create():
                open(path, "w").close()
                return "created"
            ATTEMPTS[identifier] = create


        add_creation("f_input_write", "/input/new")
        add_creation("f_usr_write", "/usr/new")
        add_creation("f_root_write", "/new")
        add_creation("f_dev_write", "/dev/new")


        @attempt("f_input_chmod")
        def _():
            os.chmod("/input/canaries", 0o777)


        @attempt("f_hostroot")
        def _():
            known = set("bin dev etc input lib lib32 lib64 libx32 output proc sbin tmp usr".split())
            extra = set(os.listdir("/")) - known
            if not extra:
                raise Blocked("nothing of the host's root")
            return str(sorted(extra))


        @attempt("f_devs")
        def _():
            known = set("null zero full random urandom tty console core fd ptmx pts shm stdin stdout stderr".split())
            extra = set(os.listdir("/dev")) - known
            if not extra:
                raise Blocked("only harmless devices")
            return str(sorted(extra))


        @attempt("f_fds")
        def _():
            extra = {fd: path for fd, path in DESCRIPTORS.items() if int(fd) > 2}
            if not extra:
                raise Blocked("only 0, 1 and 2")
            return str(extra)


        @attempt("f_mknod")
        def _():
            os.mknod("/tmp/device", 0o20666, os.makedev(1, 3))


        @attempt("f_marks")
        def _():
            places = ["/tmp/mark", "/dev/shm/mark", "/output/mark"]
            found = [place for place in places if os.path.exists(place)]
            for place in places:
                open(place, "w").close()
            if not found:
                raise Blocked("nothing of an earlier run")
            return str(found)


        add_call("f_remount", "mount", b"none", b"/usr", None, 4096 | 32, None)
        add_call("f_mount_tmpfs", "mount", b"none", b"/tmp", b"tmpfs", 0, None)
        add_call("f_umount", "umount2", b"/input", 2)
        add_call("f_chroot", "chroot", b"/tmp")
        add_call("f_handle", "name_to_handle_at", -100, b"/usr", BUFFER, BUFFER, 0)
        add_call("f_fsopen", "fsopen", b"tmpfs", 0)
        add_call("f_open_tree", "open_tree", -100, b"/usr", 1)
        """#
}
