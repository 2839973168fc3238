// A function marked so is compiled for each level of x86-64 and the best one is taken at load. Only for code without
// multiply-adds that could be fused differently from level to level.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif
