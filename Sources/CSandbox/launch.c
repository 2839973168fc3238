#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Everything here runs between fork and exec in a process that had threads: system calls only, no memory from the heap. */

enum {
    DESCRIPTOR_REPORTS = 6,
    DESCRIPTOR_GROUPS = 7,
    MAXIMUM_GROUPS = 8,
    ABOVE_ALL_TARGETS = 64,
};

static void send_report(int32_t kind, int32_t step, int32_t error, int64_t cpu, int64_t peak, const int *descriptors, int count) {
    struct csandbox_report report = {kind, step, error, 0, cpu, peak};
    struct iovec vector = {&report, sizeof report};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
    if (count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, (size_t)count * sizeof(int));
    }
    sendmsg(DESCRIPTOR_REPORTS, &message, MSG_NOSIGNAL);
}

static void fail(int32_t step) {
    send_report(CSANDBOX_FAILED, step, errno, 0, -1, NULL, 0);
    _exit(1);
}

static int write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, strlen(text));
    int error = errno;
    close(file);
    errno = error;
    return written < 0 ? -1 : 0;
}

/* The thread that forked is the parent that counts for the death signal; it may be gone already. */
static void die_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(CSANDBOX_STEP_PARENT);
    if (getppid() != parent) _exit(1);
}

static void arrange_descriptors(const struct csandbox_launch *launch) {
    int wanted[DESCRIPTOR_GROUPS + MAXIMUM_GROUPS] = {
        launch->standard_input, launch->standard_output, launch->standard_error, launch->arguments_file,
        launch->filter_file,    launch->status_pipe,     launch->report_socket,
    };
    int count = DESCRIPTOR_GROUPS;
    for (int i = 0; i < launch->group_count && i < MAXIMUM_GROUPS; i++) wanted[count++] = launch->group_files[i];
    int moved[DESCRIPTOR_GROUPS + MAXIMUM_GROUPS];
    for (int i = 0; i < count; i++) moved[i] = fcntl(wanted[i], F_DUPFD, ABOVE_ALL_TARGETS);
    for (int i = 0; i < count; i++) dup2(moved[i], i);
    syscall(SYS_close_range, (unsigned)count, ~0u, 0u);
    for (int i = DESCRIPTOR_REPORTS; i < count; i++) fcntl(i, F_SETFD, FD_CLOEXEC);
}

static void reset_signals(void) {
    /* The kernel's own structure, all zero: SIG_DFL. The C library's call leaves out the signals that it keeps for itself. */
    unsigned long standard[4] = {0};
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, standard, NULL, 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void enter_namespaces(const struct csandbox_launch *launch) {
    if (launch->output_folder == NULL && !launch->makes_user_namespace) return;
    uid_t user = geteuid();
    gid_t group = getegid();
    int flags = CLONE_NEWNS | (launch->makes_user_namespace ? CLONE_NEWUSER : 0);
    if (unshare(flags) != 0) fail(CSANDBOX_STEP_NAMESPACE);
    if (launch->makes_user_namespace) {
        char map[64];
        if (write_text("/proc/self/setgroups", "deny") != 0 && errno != ENOENT) fail(CSANDBOX_STEP_NAMESPACE);
        snprintf(map, sizeof map, "%u %u 1", (unsigned)user, (unsigned)user);
        if (write_text("/proc/self/uid_map", map) != 0) fail(CSANDBOX_STEP_NAMESPACE);
        snprintf(map, sizeof map, "%u %u 1", (unsigned)group, (unsigned)group);
        if (write_text("/proc/self/gid_map", map) != 0) fail(CSANDBOX_STEP_NAMESPACE);
    }
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(CSANDBOX_STEP_NAMESPACE);
}

static int mount_output(const struct csandbox_launch *launch) {
    if (launch->output_folder == NULL) return -1;
    unsigned long flags = MS_NOEXEC | MS_NOSUID | MS_NODEV;
    if (mount("tmpfs", launch->output_folder, "tmpfs", flags, launch->output_options) != 0) fail(CSANDBOX_STEP_OUTPUT);
    int folder = open(launch->output_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (folder < 0) fail(CSANDBOX_STEP_OUTPUT);
    return folder;
}

static void set_limits(const struct csandbox_launch *launch) {
    for (int i = 0; i < launch->limit_count; i++) {
        struct rlimit limit;
        if (getrlimit(launch->limits[i].resource, &limit) != 0) fail(CSANDBOX_STEP_IDENTITY);
        if (launch->limits[i].hard < limit.rlim_max) limit.rlim_max = launch->limits[i].hard;
        limit.rlim_cur = launch->limits[i].soft < limit.rlim_max ? launch->limits[i].soft : limit.rlim_max;
        if (setrlimit(launch->limits[i].resource, &limit) != 0) fail(CSANDBOX_STEP_IDENTITY);
    }
}

/* Raw calls: the C library's wrappers would try to reach the threads of the process that we were forked from. */
static void change_identity(uid_t identity) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2];
    memset(none, 0, sizeof none);
    if (syscall(SYS_setgroups, 0, NULL) != 0) fail(CSANDBOX_STEP_IDENTITY);
    if (syscall(SYS_setresgid, identity, identity, identity) != 0) fail(CSANDBOX_STEP_IDENTITY);
    if (syscall(SYS_setresuid, identity, identity, identity) != 0) fail(CSANDBOX_STEP_IDENTITY);
    if (syscall(SYS_capset, &header, none) != 0) fail(CSANDBOX_STEP_IDENTITY);
}

static void become_program(const struct csandbox_launch *launch, pid_t reaper) {
    static char *const no_environment[] = {NULL};
    die_with(reaper);
    for (int i = 0; i < launch->group_count && i < MAXIMUM_GROUPS; i++) {
        if (write(DESCRIPTOR_GROUPS + i, "0", 1) != 1) fail(CSANDBOX_STEP_GROUP);
    }
    /* Where no group bounds memory, the kernel shall choose the sandbox first; failing to ask for it harms nothing. */
    write_text("/proc/self/oom_score_adj", "500");
    set_limits(launch);
    if (launch->changes_identity) change_identity(launch->identity);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(CSANDBOX_STEP_IDENTITY);
    /* A change of identity clears the death signal. */
    die_with(reaper);
    if (geteuid() == 0) {
        errno = EPERM;
        fail(CSANDBOX_STEP_IDENTITY);
    }
    execve(launch->program, launch->arguments, no_environment);
    fail(CSANDBOX_STEP_EXECUTE);
}

static int64_t microseconds(const struct rusage *usage) {
    return (int64_t)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000 + usage->ru_utime.tv_usec + usage->ru_stime.tv_usec;
}

/* Returns when no descendant is left: orphans come here, because this process is a subreaper.
   The peak is taken from adopted processes only: the program's own entry still carries the size of the process it was forked from. */
static void reap(pid_t program) {
    int64_t cpu = 0, peak = -1;
    for (;;) {
        struct rusage usage;
        int status;
        pid_t ended = wait4(-1, &status, 0, &usage);
        if (ended < 0) {
            if (errno == EINTR) continue;
            break;
        }
        cpu += microseconds(&usage);
        if (ended != program && (int64_t)usage.ru_maxrss * 1024 > peak) peak = (int64_t)usage.ru_maxrss * 1024;
    }
    send_report(CSANDBOX_ENDED, 0, 0, cpu, peak, NULL, 0);
    _exit(0);
}

static void become_reaper(const struct csandbox_launch *launch, pid_t supervisor) {
    arrange_descriptors(launch);
    die_with(supervisor);
    /* A key press in a terminal reaches the supervisor, which decides; not its sandboxes. */
    setsid();
    reset_signals();
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail(CSANDBOX_STEP_PARENT);
    enter_namespaces(launch);
    int output = mount_output(launch);
    pid_t reaper = (pid_t)syscall(SYS_getpid);
    pid_t program = _Fork();
    if (program < 0) fail(CSANDBOX_STEP_FORK);
    if (program == 0) become_program(launch, reaper);
    int process = csandbox_open_process(program);
    if (process < 0) {
        errno = -process;
        fail(CSANDBOX_STEP_FORK);
    }
    int descriptors[2] = {process, output};
    send_report(CSANDBOX_STARTED, 0, 0, 0, -1, descriptors, output >= 0 ? 2 : 1);
    for (int i = 0; i < DESCRIPTOR_REPORTS; i++) close(i);
    syscall(SYS_close_range, (unsigned)DESCRIPTOR_GROUPS, ~0u, 0u);
    reap(program);
}

/* _Fork: safe after a fork of a process with threads, and no handlers of other libraries run in between. */
pid_t csandbox_start(const struct csandbox_launch *launch) {
    pid_t supervisor = getpid();
    pid_t reaper = _Fork();
    if (reaper < 0) return -errno;
    if (reaper == 0) become_reaper(launch, supervisor);
    return reaper;
}
