#ifndef CK_MEMORY_H
#define CK_MEMORY_H
#include <stddef.h>

/// The size of a large page.
enum { CK_LARGE_PAGE = 2 << 20 };

/// Memory that holds anything, aligned to a line of the cache; NULL if there is none.
///
/// What is not small lies on pages of its own: large arrays of changing sizes leave holes in a heap, which then holds twice of what
/// is used. From the size of one on these are large pages where the system has them: kernels that step through planes of megabytes would
/// otherwise look up a page for nearly each vector.
void *ck_take_memory(size_t bytes);

/// Gives back what `ck_take_memory` gave for so many bytes; NULL is passed over.
void ck_give_memory(void *memory, size_t bytes);

/// Lets the allocator of C give memory of at least `large` bytes back at once, and keep up to `kept` bytes of other memory that is free
/// again, where it is that of the GNU C library; others stay as they are.
void ck_keep_freed_memory(int large, int kept);

#endif
