#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void multiply(int32_t n, const double *a, const double *b, double *c) {
    for (int32_t i = 0; i < n; i++) {
        for (int32_t k = 0; k < n; k++) {
            double x = a[i * n + k];
            for (int32_t j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
        }
    }
}

static double run(int32_t n) {
    double *a = calloc((size_t)n * n, sizeof *a);
    double *b = calloc((size_t)n * n, sizeof *b);
    double *c = calloc((size_t)n * n, sizeof *c);
    double *d = calloc((size_t)n * n, sizeof *d);
    for (int32_t i = 0; i < n; i++) {
        for (int32_t j = 0; j < n; j++) {
            a[i * n + j] = (i * j + i) % 7 - 3;
            b[i * n + j] = (i + 2 * j) % 5 - 2;
        }
    }
    multiply(n, a, b, c);
    multiply(n, c, b, d);
    double sum = 0;
    for (int32_t i = 0; i < n * n; i++) sum += d[i] * (i % 3 + 1);
    free(a);
    free(b);
    free(c);
    free(d);
    return sum;
}

int main(void) {
    printf("%.0f\n", run(512));
    return 0;
}
