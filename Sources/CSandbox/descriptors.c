#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int csandbox_receive(int socket, struct csandbox_report *report, int *output_folder, int *process) {
    struct iovec vector = {report, sizeof *report};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes,
    };
    *output_folder = -1;
    *process = -1;
    ssize_t count = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return -errno;
    if (count == 0) return 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int descriptors[2] = {-1, -1};
        size_t size = header->cmsg_len - CMSG_LEN(0);
        if (size > sizeof descriptors) size = sizeof descriptors;
        memcpy(descriptors, CMSG_DATA(header), size);
        *process = descriptors[0];
        *output_folder = descriptors[1];
    }
    return count == (ssize_t)sizeof *report ? 1 : -EBADMSG;
}

int csandbox_signal(int process, int signal) {
    return syscall(SYS_pidfd_send_signal, process, signal, NULL, 0u) == 0 ? 0 : -errno;
}

int csandbox_open_process(pid_t process) {
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0u);
    return descriptor < 0 ? -errno : descriptor;
}

int csandbox_memory_file(const uint8_t *bytes, size_t count) {
    int file = memfd_create("concours", MFD_CLOEXEC);
    if (file < 0) return -errno;
    size_t written = 0;
    while (written < count) {
        ssize_t step = write(file, bytes + written, count - written);
        if (step < 0) {
            int error = errno;
            close(file);
            return -error;
        }
        written += (size_t)step;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

int csandbox_open_beneath(int folder, const char *path, uint64_t flags) {
    struct open_how how;
    memset(&how, 0, sizeof how);
    how.flags = flags;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS;
    long descriptor = syscall(SYS_openat2, folder, path, &how, sizeof how);
    return descriptor < 0 ? -errno : (int)descriptor;
}

int csandbox_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    return fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? 0 : -errno;
}

int csandbox_process_limit(void) { return RLIMIT_NPROC; }

ssize_t csandbox_read_entries(int folder, uint8_t *buffer, size_t capacity) {
    long count = syscall(SYS_getdents64, folder, buffer, capacity);
    return count < 0 ? -errno : count;
}

ssize_t csandbox_copy_range(int source, int target, int64_t place, size_t count) {
    off_t from = place, to = place;
    ssize_t copied = copy_file_range(source, &from, target, &to, count, 0);
    return copied < 0 ? -errno : copied;
}

int64_t csandbox_next_data(int file, int64_t place) {
    off_t found = lseek(file, place, SEEK_DATA);
    return found < 0 ? -errno : found;
}

int64_t csandbox_next_hole(int file, int64_t place) {
    off_t found = lseek(file, place, SEEK_HOLE);
    return found < 0 ? -errno : found;
}
