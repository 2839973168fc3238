// Sixteen channels at once, for one instruction set. Included with TARGET (function attributes) and NAME(x).

typedef float NAME(sixteen) __attribute__((vector_size(64), aligned(4)));
typedef int32_t NAME(sixteen_signs) __attribute__((vector_size(64), aligned(4)));

TARGET static inline __attribute__((always_inline)) void NAME(activate)(NAME(sixteen) *value, int activation, float slope) {
    if (activation == CK_LINEAR) return;
    NAME(sixteen) y = *value;
    NAME(sixteen_signs) negative = y < (NAME(sixteen)){};
    NAME(sixteen) low = activation == CK_RELU ? (NAME(sixteen)){} : y * slope;
    *value = (NAME(sixteen))((negative & (NAME(sixteen_signs))low) | (~negative & (NAME(sixteen_signs))y));
}
