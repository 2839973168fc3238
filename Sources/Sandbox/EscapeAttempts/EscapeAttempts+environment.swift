extension EscapeAttempts {
    /// What the server's variables and arguments show.
    static let environment = #"""
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
        """#
}
