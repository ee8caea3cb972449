#include <stdint.h>
#include <stdio.h>

static uint32_t fnv1a(int32_t n) {
    uint32_t h = 2166136261u;
    for (int32_t i = 0; i < n; i++) {
        h ^= (uint32_t)(i & 255);
        h *= 16777619u;
    }
    return h;
}

int main(void) {
    printf("%u\n", fnv1a(150000000));
    return 0;
}
