import Glibc

/// Sizes that the kernel chose.
enum SystemConstant {
    static let pageBytes = sysconf(Int32(_SC_PAGESIZE))
    static let ticksPerSecond = sysconf(Int32(_SC_CLK_TCK))
}
