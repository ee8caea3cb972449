#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static double a(int32_t i, int32_t j) {
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times_vector(int32_t n, const double *v, double *out) {
    for (int32_t i = 0; i < n; i++) {
        double sum = 0;
        for (int32_t j = 0; j < n; j++) sum += a(i, j) * v[j];
        out[i] = sum;
    }
}

static void times_transposed(int32_t n, const double *v, double *out) {
    for (int32_t i = 0; i < n; i++) {
        double sum = 0;
        for (int32_t j = 0; j < n; j++) sum += a(j, i) * v[j];
        out[i] = sum;
    }
}

static double spectral_norm(int32_t n) {
    double *u = malloc(n * sizeof *u);
    double *v = calloc(n, sizeof *v);
    double *w = calloc(n, sizeof *w);
    for (int32_t i = 0; i < n; i++) u[i] = 1;
    for (int32_t i = 0; i < 10; i++) {
        times_vector(n, u, w);
        times_transposed(n, w, v);
        times_vector(n, v, w);
        times_transposed(n, w, u);
    }
    double uv = 0, vv = 0;
    for (int32_t i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    free(u);
    free(v);
    free(w);
    return sqrt(uv / vv);
}

int main(void) {
    printf("%.9f\n", spectral_norm(1500));
    return 0;
}
