#ifndef CK_PARALLEL_H
#define CK_PARALLEL_H
#include <stddef.h>
#include <stdint.h>

/// Work on one block; `scratch` is the worker's own memory, 64-byte aligned, not cleared between blocks.
typedef void (*ck_block_body)(void *context, int64_t block, void *scratch);

/// Runs `body` for each block in 0..<blocks on at most `threads` threads, the caller among them. Which thread takes which block
/// is not fixed, so a body writes only what belongs to its block. Where the system refuses a thread, fewer threads do all the work.
/// Returns 0, or -1 if there is no scratch memory (then no block has run).
int ck_parallel_for(int threads, int64_t blocks, size_t scratch_bytes, ck_block_body body, void *context);

#endif
