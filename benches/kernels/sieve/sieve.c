#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static int32_t sieve(int32_t n) {
    uint8_t *composite = calloc(n + 1, 1);
    int32_t count = 0;
    for (int32_t i = 2; i <= n; i++) {
        if (composite[i]) continue;
        count++;
        if ((int64_t)i * i > n) continue;
        for (int32_t j = i * i; j <= n; j += i) composite[j] = 1;
    }
    free(composite);
    return count;
}

int main(void) {
    printf("%d\n", sieve(20000000));
    return 0;
}
