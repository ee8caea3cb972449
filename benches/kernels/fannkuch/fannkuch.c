#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void fannkuch(int32_t n) {
    int32_t *perm = calloc(n, sizeof *perm);
    int32_t *perm1 = calloc(n, sizeof *perm1);
    int32_t *count = calloc(n, sizeof *count);
    int32_t max_flips = 0, checksum = 0, permutations = 0, r = n;
    for (int32_t i = 0; i < n; i++) perm1[i] = i;
    for (;;) {
        while (r != 1) {
            count[r - 1] = r;
            r--;
        }
        for (int32_t i = 0; i < n; i++) perm[i] = perm1[i];
        int32_t flips = 0;
        int32_t k = perm[0];
        while (k != 0) {
            int32_t i = 0, j = k;
            while (i < j) {
                int32_t t = perm[i];
                perm[i] = perm[j];
                perm[j] = t;
                i++;
                j--;
            }
            flips++;
            k = perm[0];
        }
        if (flips > max_flips) max_flips = flips;
        if ((permutations & 1) == 0) checksum += flips;
        else checksum -= flips;
        for (;;) {
            if (r == n) {
                printf("%d\nPfannkuchen(%d) = %d\n", checksum, n, max_flips);
                free(perm);
                free(perm1);
                free(count);
                return;
            }
            int32_t first = perm1[0];
            for (int32_t i = 0; i < r; i++) perm1[i] = perm1[i + 1];
            perm1[r] = first;
            count[r]--;
            if (count[r] > 0) break;
            r++;
        }
        permutations++;
    }
}

int main(void) {
    fannkuch(10);
    return 0;
}
