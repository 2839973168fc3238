/// Why a machine gives no sandbox, and what its administrator can do.
public enum SandboxObstacle: Sendable, Equatable, CustomStringConvertible {
    /// There is no bubblewrap in the usual places.
    case bubblewrapMissing
    /// The kernel or its settings allow no user namespaces: the setting to change.
    case userNamespacesOff(setting: String)
    /// AppArmor keeps user namespaces from programs without a profile.
    case appArmor(String)
    /// We are root and may not mount: a container without the right.
    case rootWithoutMountRight
    /// A kernel feature is missing: its name and the kernel that has it.
    case kernelTooOld(feature: String)
    /// Something else went wrong in a trial run: what bubblewrap said.
    case trialFailed(String)

    /// What is missing, and what to do.
    public var description: String {
        switch self {
        case .bubblewrapMissing:
            "bubblewrap (bwrap) was not found in \(BubblewrapArguments.places.joined(separator: ", ")). "
                + "Install it: apt install bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora, RHEL)"
        case .userNamespacesOff(let setting):
            "user namespaces are switched off. Switch them on: sysctl -w \(setting) (and write it to /etc/sysctl.d/60-concours.conf)"
        case .appArmor(let message):
            """
            AppArmor keeps bubblewrap from making user namespaces (\(message)). Write this to /etc/apparmor.d/bwrap and run \
            apparmor_parser -r /etc/apparmor.d/bwrap:
            abi <abi/4.0>,
            include <tunables/global>
            profile bwrap /usr/bin/bwrap flags=(unconfined) {
              userns,
            }
            """
        case .rootWithoutMountRight:
            "this process is root without the right to mount (CAP_SYS_ADMIN), as in a plain container. "
                + "Run it as an ordinary user, or start the container with --cap-add SYS_ADMIN --security-opt seccomp=unconfined"
        case .kernelTooOld(let feature): "the kernel is too old: \(feature) is missing. Use Linux 5.14 or newer"
        case .trialFailed(let message): "a trial run failed: \(message)"
        }
    }

    /// Obstacles that can be told without trying.
    static func known(isRoot: Bool) -> SandboxObstacle? {
        if isRoot, !ProcessRights.mayMount { return .rootWithoutMountRight }
        if SystemFile.number("/proc/sys/user/max_user_namespaces") == 0 {
            return .userNamespacesOff(setting: "user.max_user_namespaces=15000")
        }
        if SystemFile.number("/proc/sys/kernel/unprivileged_userns_clone") == 0 {
            return .userNamespacesOff(setting: "kernel.unprivileged_userns_clone=1")
        }
        return nil
    }

    /// The obstacle behind a trial run's failure.
    static func behind(_ message: String) -> SandboxObstacle {
        let isRestricted = SystemFile.number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1
        let isRefusal = message.contains("Permission denied") || message.contains("RTM_NEWADDR") || message.contains("not permitted")
        return isRestricted && isRefusal ? .appArmor(message) : .trialFailed(message)
    }
}
