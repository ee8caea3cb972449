#include <stdint.h>
#include <stdio.h>

static int64_t mandelbrot(int32_t size, int32_t limit) {
    int64_t total = 0;
    for (int32_t py = 0; py < size; py++) {
        double ci = 2.0 * py / size - 1.0;
        for (int32_t px = 0; px < size; px++) {
            double cr = 2.0 * px / size - 1.5;
            double zr = 0, zi = 0;
            int32_t i = 0;
            while (i < limit) {
                double r2 = zr * zr;
                double i2 = zi * zi;
                if (r2 + i2 > 4.0) break;
                zi = 2.0 * zr * zi + ci;
                zr = r2 - i2 + cr;
                i++;
            }
            total += i;
        }
    }
    return total;
}

int main(void) {
    printf("%lld\n", (long long)mandelbrot(1200, 100));
    return 0;
}
