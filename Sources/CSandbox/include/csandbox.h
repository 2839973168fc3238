#ifndef CSANDBOX_H
#define CSANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// One resource limit of the sandboxed processes; values above the limit in force are lowered to it.
struct csandbox_limit {
    int resource;
    uint64_t soft;
    uint64_t hard;
};

/// The steps of a launch, as `csandbox_report.step` names them.
enum csandbox_step {
    CSANDBOX_STEP_PARENT = 1,
    CSANDBOX_STEP_NAMESPACE = 2,
    CSANDBOX_STEP_OUTPUT = 3,
    CSANDBOX_STEP_FORK = 4,
    CSANDBOX_STEP_GROUP = 5,
    CSANDBOX_STEP_IDENTITY = 6,
    CSANDBOX_STEP_EXECUTE = 7,
};

/// The kinds of a report.
enum csandbox_kind {
    /// The program's process exists; the message carries the output folder (if any) and a pidfd.
    CSANDBOX_STARTED = 1,
    /// A step of the launch failed with `error`.
    CSANDBOX_FAILED = 2,
    /// Every process of the sandbox is gone; processor time and peak memory of the tree.
    CSANDBOX_ENDED = 3,
};

/// A message from the processes between the supervisor and the program.
struct csandbox_report {
    int32_t kind;
    int32_t step;
    int32_t error;
    int32_t reserved;
    int64_t cpu_microseconds;
    /// Largest resident set of one process; -1 where it is not known.
    int64_t peak_bytes;
};

/// What a launch needs. Descriptors are numbers in the calling process.
struct csandbox_launch {
    const char *program;
    char *const *arguments;
    int standard_input;
    int standard_output;
    int standard_error;
    /// Becomes descriptor 3: arguments of bubblewrap, separated by NUL.
    int arguments_file;
    /// Becomes descriptor 4: the system call filter.
    int filter_file;
    /// Becomes descriptor 5: bubblewrap's status records.
    int status_pipe;
    /// A SOCK_SEQPACKET socket for `csandbox_report`.
    int report_socket;
    /// Open `cgroup.procs` files that the program joins.
    const int *group_files;
    int group_count;
    /// Non-zero: change to `identity` (user and group) before the program starts. Needs root.
    int changes_identity;
    uid_t identity;
    /// Non-zero: take the right to mount from a user namespace of our own (the way without root).
    int makes_user_namespace;
    /// Where a file system of limited size is mounted for the outputs; NULL for none.
    const char *output_folder;
    const char *output_options;
    const struct csandbox_limit *limits;
    int limit_count;
};

/// Starts the program below a small process that adopts and reaps everything that it leaves behind.
/// Returns the process id of the reaper, or -errno. The reaper ends with the calling thread.
pid_t csandbox_start(const struct csandbox_launch *launch);

/// Reads one report without waiting. Returns 1 for a report, 0 at the end, -errno otherwise (-EAGAIN: nothing yet).
/// `output_folder` and `process` are -1 unless the report carries them.
int csandbox_receive(int socket, struct csandbox_report *report, int *output_folder, int *process);

/// Sends a signal through a pidfd; 0 or -errno.
int csandbox_signal(int process, int signal);

/// Opens a pidfd; -errno on failure.
int csandbox_open_process(pid_t process);

/// An anonymous file with the bytes, positioned at its start; -errno on failure.
int csandbox_memory_file(const uint8_t *bytes, size_t count);

/// openat2 below `folder`, without symbolic links, magic links, or other file systems; -errno on failure.
int csandbox_open_beneath(int folder, const char *path, uint64_t flags);

/// A pipe that no other program inherits; the first end never waits. 0 or -errno.
int csandbox_pipe(int ends[2]);

/// The number of RLIMIT_NPROC, which the C library shows only with its extensions.
int csandbox_process_limit(void);

/// getdents64: raw directory entries; their size in bytes, 0 at the end, -errno on failure.
ssize_t csandbox_read_entries(int folder, uint8_t *buffer, size_t capacity);

/// Copies up to `count` bytes at one place of a file to the same place of another, within the kernel; how many, 0 at the end, -errno on
/// failure.
ssize_t csandbox_copy_range(int source, int target, int64_t place, size_t count);

/// The next place from `place` on at which a file has data, or none (a hole or the end); -errno on failure.
int64_t csandbox_next_data(int file, int64_t place);
int64_t csandbox_next_hole(int file, int64_t place);

#endif
