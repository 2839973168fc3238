extension EscapeAttempts {
    /// What the attempts are made of: the canaries, system calls by number, and how a refusal is told from an open door.
    static let tools = #"""
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
        """#
}
