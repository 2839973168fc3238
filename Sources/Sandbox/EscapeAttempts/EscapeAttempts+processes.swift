extension EscapeAttempts {
    /// The host's processes, the terminal, and processes that outlive the command.
    static let processes = #"""
        # Processes.
        @attempt("p_hostpid", harmless=True)
        def _():
            name = open("/proc/%s/comm" % CANARY["pid"]).read().strip()
            if name != CANARY["comm"]:
                raise Blocked("another process has this number")
            return name


        @attempt("p_count")
        def _():
            count = sum(name.isdigit() for name in os.listdir("/proc"))
            if count < 12:
                raise Blocked("%d processes" % count)
            return "%d processes" % count


        @attempt("p_ctty")
        def _():
            os.open("/dev/tty", os.O_RDWR)


        @attempt("p_daemon")
        def _():
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.execv("/bin/sleep", [CANARY["daemon"], "600"])
                os._exit(0)
            raise NotApplicable("looked for from outside")


        add_call("p_ptrace", "ptrace", 16, 1, 0, 0)
        add_call("p_vmread", "process_vm_readv", 1, BUFFER, 1, BUFFER, 1, 0)


        @attempt("p_pidfd_getfd")
        def _():
            return "answered %d" % call("pidfd_getfd", call("pidfd_open", 1, 0), 0, 0)


        @attempt("p_tiocsti")
        def _():
            if LIBC.ioctl(0, ctypes.c_ulong(0x5412), b"x") == 0 or ctypes.get_errno() != errno.EPERM:
                return "answered by the terminal driver"
            raise Blocked("EPERM")
        """#
}
