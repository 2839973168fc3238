// Transforms of Winograd's algorithms on sixteen channels at once, for one instruction set.
// Included with TARGET (function attributes), NAME(x), FMA(a, b, c). Additions and multiplications are written one by one, so
// that every set of instructions with fused multiply-adds rounds alike.

#include "sixteen_lanes.h"
#include "winograd_2x2.h"
#include "winograd_4x4.h"

#undef TARGET
#undef NAME
#undef FMA
