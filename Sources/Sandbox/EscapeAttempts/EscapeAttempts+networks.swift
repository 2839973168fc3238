extension EscapeAttempts {
    /// The host over a network, and sockets that no network namespace covers.
    static let networks = #"""
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
        """#
}
