extension EscapeAttempts {
    /// Namespaces, system calls beyond the filter, rights and priorities.
    static let kernel = #"""
        # The kernel.
        add_call("k_userns", "unshare", 0x10000000)
        add_call("k_netns", "unshare", 0x40000000)
        add_call("k_iouring", "io_uring_setup", 1, BUFFER)
        add_call("k_uffd", "userfaultfd", 1)
        add_call("k_fadvise", "fadvise64", 0, 0, 0, 4)
        add_call("k_readahead", "readahead", 0, 0, 4096)
        add_call("k_mincore", "mincore", 0, 0, 0)
        add_call("k_cachestat", "cachestat", 0, BUFFER, BUFFER, 0)
        add_call("k_bpf", "bpf", 0, BUFFER, 72)
        add_call("k_perf", "perf_event_open", BUFFER, 0, -1, -1, 0)
        add_call("k_keyctl", "keyctl", 0, -3, 1)
        add_call("k_addkey", "add_key", b"user", b"concours", b"x", 1, -3)
        add_call("k_module", "init_module", BUFFER, 0, b"")
        add_call("k_kexec", "kexec_load", 0, 0, None, 0)
        add_call("k_reboot", "reboot", 0, 0, 0, None)
        add_call("k_syslog", "syslog", 3, BUFFER, 100)
        add_call("k_personality", "personality", 0x0040000)
        add_call("k_ptrace_traceme", "ptrace", 0, 0, 0, 0)
        add_call("k_msgget", "msgget", 0x434F4E43, 0o1600)
        add_call("k_sethost", "sethostname", b"escaped", 7)
        add_call("k_move_pages", "move_pages", 0, 0, None, None, None, 0)
        add_call("k_settime", "clock_settime", 0, struct.pack("qq", 0, 2000000000))
        add_call("k_userns_clone3", "clone3", struct.pack("11Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0), 88)


        @attempt("k_userns_clone")
        def _():
            result = call("clone", 0x10000000 | signal.SIGCHLD, None, None, None, None)
            if result == 0:
                os._exit(0)
            return "answered %d" % result


        @attempt("k_setns")
        def _():
            return "answered %d" % call("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0)


        @attempt("k_x32")
        def _():
            if not X86:
                raise NotApplicable("x86-64 only")
            return "answered %d" % call(0x40000000 | 39)


        @attempt("k_int80")
        def _():
            if not X86:
                raise NotApplicable("x86-64 only")
            import mmap
            code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
            code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")  # mov eax, 20 (getpid); int 0x80; ret
            address = ctypes.addressof(ctypes.c_char.from_buffer(code))
            return "answered %d" % ctypes.CFUNCTYPE(ctypes.c_int)(address)()


        @attempt("k_caps", harmless=True)
        def _():
            sets = {field: status(field) for field in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
            if all(int(value, 16) == 0 for value in sets.values()):
                raise Blocked("no capability")
            return str(sets)


        @attempt("k_nnp", harmless=True)
        def _():
            if status("NoNewPrivs") == "1":
                raise Blocked("no_new_privs")
            return "new rights can be gained"


        @attempt("k_seccomp", harmless=True)
        def _():
            if status("Seccomp") == "2":
                raise Blocked("filter in force")
            return "no filter"


        @attempt("k_prio")
        def _():
            os.setpriority(os.PRIO_PROCESS, 0, -5)


        @attempt("k_rt")
        def _():
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


        @attempt("k_rlimit_up")
        def _():
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard + 1))
            except ValueError as refusal:
                raise Blocked(str(refusal))
        """#
}
