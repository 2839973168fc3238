/// The escape attempts of the self-test, as one Python program that runs inside a real sandbox.
///
/// It prints a line `id<TAB>result<TAB>detail` for each attempt. Attempts that could do harm run only where process 1 is bubblewrap; the
/// others can also run outside, as a control that they do find an open door.
package enum EscapeAttempts {
    /// Where the program is bound inside, beside the file that names the canaries.
    package static let folder = "/input"

    /// The program; its arguments are ids to run, none for all.
    package static let program = #"""
        import ctypes, errno, os, platform, resource, signal, socket, struct, sys

        HERE = os.path.dirname(os.path.abspath(__file__))
        CANARY = dict(line.rstrip("\n").split("=", 1) for line in open(HERE + "/canaries"))
        X86 = platform.machine() == "x86_64"
        LIBC = ctypes.CDLL(None, use_errno=True)
        INSIDE = open("/proc/1/comm").read().strip() == "bwrap"
        DESCRIPTORS = {fd: os.readlink("/proc/self/fd/" + fd) for fd in os.listdir("/proc/self/fd") if os.path.lexists("/proc/self/fd/" + fd)}
        REFUSALS = (errno.EPERM, errno.ENOSYS, errno.EACCES, errno.EAFNOSUPPORT, errno.EROFS)
        NUMBERS = {  # x86-64, aarch64
            "unshare": (272, 97), "clone": (56, 220), "clone3": (435, 435), "setns": (308, 268), "io_uring_setup": (425, 425),
            "userfaultfd": (323, 282), "bpf": (321, 280), "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
            "init_module": (175, 105), "kexec_load": (246, 104), "reboot": (169, 142), "clock_settime": (227, 112), "syslog": (103, 116),
            "personality": (135, 92), "ptrace": (101, 117), "msgget": (68, 186), "sethostname": (170, 161), "process_vm_readv": (310, 270),
            "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "mount": (165, 40), "umount2": (166, 39), "chroot": (161, 51),
            "name_to_handle_at": (303, 264), "fsopen": (430, 430), "open_tree": (428, 428), "move_pages": (279, 239), "fadvise64": (221, 223),
            "readahead": (187, 213), "mincore": (27, 232), "cachestat": (451, 451),
        }
        ATTEMPTS = {}
        HARMLESS = set()


        class Blocked(Exception):
            pass


        class NotApplicable(Exception):
            pass


        def attempt(name, harmless=False):
            def add(function):
                ATTEMPTS[name] = function
                if harmless:
                    HARMLESS.add(name)
                return function
            return add


        def call(name, *arguments):
            """A system call: a refusal is Blocked, every other answer came from behind the filter."""
            number = name if isinstance(name, int) else NUMBERS[name][0 if X86 else 1]
            result = LIBC.syscall(ctypes.c_long(number), *arguments)
            if result >= 0:
                return result
            code = ctypes.get_errno()
            if code in REFUSALS:
                raise Blocked(errno.errorcode[code])
            return -code


        def add_call(identifier, name, *arguments):
            ATTEMPTS[identifier] = lambda: "answered %d" % call(name, *arguments)


        def add_read(identifier, path, harmless=False):
            ATTEMPTS[identifier] = lambda: "read %d bytes" % len(open(path, "rb").read(64))
            if harmless:
                HARMLESS.add(identifier)


        def add_open_for_writing(identifier, path):
            ATTEMPTS[identifier] = lambda: "opened as %d" % os.open(path, os.O_WRONLY)


        def add_socket(identifier, family, kind=socket.SOCK_DGRAM, protocol=0):
            ATTEMPTS[identifier] = lambda: "made %r" % socket.socket(family, kind, protocol)
            HARMLESS.add(identifier)


        def status(field):
            for line in open("/proc/self/status"):
                if line.startswith(field + ":"):
                    return line.split()[1]


        BUFFER = ctypes.create_string_buffer(4096)

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


        # Networks.
        def add_connection(identifier, family, address, harmless=True):
            def connect():
                connection = socket.socket(family, socket.SOCK_STREAM)
                connection.settimeout(2)
                connection.connect(address)
                return "connected"
            ATTEMPTS[identifier] = connect
            if harmless:
                HARMLESS.add(identifier)


        add_connection("n_host_tcp", socket.AF_INET, ("127.0.0.1", int(CANARY["port"])))
        add_connection("n_abstract", socket.AF_UNIX, "\0" + CANARY["abstract"])
        add_connection("n_unixpath", socket.AF_UNIX, CANARY["socket"])
        add_connection("n_metadata", socket.AF_INET, ("169.254.169.254", 80), False)
        add_socket("n_vsock", 40, socket.SOCK_STREAM)
        add_socket("n_packet", 17, socket.SOCK_RAW)
        add_socket("n_raw", socket.AF_INET, socket.SOCK_RAW, 1)
        add_socket("n_netlink", 16, socket.SOCK_RAW)
        add_socket("n_alg", 38, socket.SOCK_SEQPACKET)


        @attempt("n_dns")
        def _():
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.53", 53))


        @attempt("n_ifaces", harmless=True)
        def _():
            names = [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line]
            if set(names) <= {"lo"}:
                raise Blocked("only lo")
            return str(names)


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


        # The environment.
        @attempt("e_env", harmless=True)
        def _():
            known = set("PATH HOME LC_ALL TZ PWD OMP_NUM_THREADS PYTHONHASHSEED PYTHONDONTWRITEBYTECODE".split())
            extra = set(os.environ) - known
            if not extra:
                raise Blocked("only the fixed names")
            return str(sorted(extra))


        @attempt("e_initenv")
        def _():
            text = open("/proc/1/environ", "rb").read()
            if not text:
                raise Blocked("empty")
            return "%d bytes" % len(text)


        @attempt("e_cmdline")
        def _():
            text = open("/proc/1/cmdline", "rb").read()
            if CANARY["area"].encode() not in text:
                raise Blocked("no path of the host")
            return repr(text)


        def run(name):
            """One attempt in a process of its own, so that a kill by the filter ends nothing else."""
            reader, writer = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reader)
                signal.alarm(10)
                try:
                    result = "escaped", str(ATTEMPTS[name]())
                except Blocked as reason:
                    result = "blocked", str(reason)
                except NotApplicable as reason:
                    result = "notApplicable", str(reason)
                except (OSError, ValueError) as refusal:
                    result = "blocked", type(refusal).__name__ + " " + errno.errorcode.get(getattr(refusal, "errno", 0) or 0, "")
                except BaseException as failure:
                    result = "escaped", "the attempt itself failed: %r" % failure
                os.write(writer, "\t".join(result).encode()[:2000])
                os._exit(0)
            os.close(writer)
            text = os.fdopen(reader, "rb").read().decode()
            code = os.waitpid(child, 0)[1]
            if text:
                return text.replace("\n", " ")
            if os.WIFSIGNALED(code) and os.WTERMSIG(code) == signal.SIGSYS:
                return "blocked\tended by the filter"
            return "escaped\tno answer, status %d" % code


        wanted = sys.argv[1:] or list(ATTEMPTS)
        for name in wanted:
            if INSIDE or name in HARMLESS:
                print(name + "\t" + run(name), flush=True)
        """#
}
