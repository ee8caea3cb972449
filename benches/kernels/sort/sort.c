#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *x, const void *y) {
    return *(const int32_t *)x - *(const int32_t *)y;
}

static int32_t run(int32_t n) {
    int32_t *a = malloc(n * sizeof *a);
    uint32_t seed = 12345;
    for (int32_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        a[i] = (int32_t)(seed >> 8);
    }
    qsort(a, n, sizeof *a, compare);
    uint32_t h = 0;
    for (int32_t i = 0; i < n; i += 1000) h = h * 31 + (uint32_t)a[i];
    free(a);
    return (int32_t)h;
}

int main(void) {
    printf("%d\n", run(1000000));
    return 0;
}
