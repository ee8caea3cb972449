/* The same kernels in C with malloc: the yardstick. Prints "name value milliseconds-of-CPU" per repetition. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct node { struct node *left, *right; } node;

static node *make(int d) {
    node *l = NULL, *r = NULL;
    if (d) { l = make(d - 1); r = make(d - 1); }
    node *n = malloc(sizeof *n);
    n->left = l; n->right = r;
    return n;
}
static int check(const node *n) { return n->left ? 1 + check(n->left) + check(n->right) : 1; }
static void drop(node *n) { if (n->left) { drop(n->right); drop(n->left); } free(n); }

static int bt(int max) {
    node *t = make(max + 1);
    int sum = check(t);
    drop(t);
    node *keep = make(max);
    for (int d = 4; d <= max; d += 2)
        for (int i = 1 << (max - d + 4); i; i--) { t = make(d); sum += check(t); drop(t); }
    sum += check(keep);
    drop(keep);
    return sum;
}
static void swap(node *n) {
    node *l = n->left;
    n->left = n->right; n->right = l;
    if (l) { swap(n->left); swap(n->right); }
}
static int swap_kernel(int max) {
    node *t = make(max);
    for (int i = 40; i; i--) swap(t);
    int sum = check(t);
    drop(t);
    return sum;
}
static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static int sieve(int n) {
    uint8_t *a = calloc((size_t)n + 1, 1);
    int count = 0;
    for (int i = 2; i <= n; i++)
        if (!a[i]) { count++; for (int64_t j = 2 * (int64_t)i; j <= n; j += i) a[j] = 1; }
    free(a);
    return count;
}
static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}
int main(int argc, char **argv) {
    static const struct { const char *name; int (*f)(int); } table[] = {
        {"bt", bt}, {"btLate", bt}, {"swap", swap_kernel}, {"fib", fib}, {"fibInlined", fib}, {"sieve", sieve}};
    if (argc != 4) return 2;
    for (int rep = atoi(argv[3]); rep; rep--)
        for (size_t k = 0; k < sizeof table / sizeof *table; k++)
            if (!strcmp(argv[1], table[k].name)) {
                double t0 = cpu_ms();
                int value = table[k].f(atoi(argv[2]));
                printf("%s %d %.3f\n", argv[1], value, cpu_ms() - t0);
            }
    return 0;
}
