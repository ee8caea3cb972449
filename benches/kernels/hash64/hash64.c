#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

static uint64_t fnv1a(int32_t n) {
    uint64_t h = 14695981039346656037u;
    for (int32_t i = 0; i < n; i++) {
        h ^= (uint64_t)(i & 255);
        h *= 1099511628211u;
    }
    return h;
}

int main(void) {
    printf("%" PRIu64 "\n", fnv1a(150000000));
    return 0;
}
