#ifndef COPENBLAS_SHIM_H
#define COPENBLAS_SHIM_H
#include <cblas.h>

// Declared again because cblas.h of another BLAS, found first, lacks them.
char *openblas_get_corename(void);
void openblas_set_num_threads(int num_threads);

#endif
