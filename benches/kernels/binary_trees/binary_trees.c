#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

static Tree *make(int32_t depth) {
    Tree *t = malloc(sizeof *t);
    t->left = depth == 0 ? NULL : make(depth - 1);
    t->right = depth == 0 ? NULL : make(depth - 1);
    return t;
}

static int32_t check(const Tree *t) {
    if (t->left == NULL) return 1;
    return 1 + check(t->left) + check(t->right);
}

static void release(Tree *t) {
    if (t->left != NULL) {
        release(t->left);
        release(t->right);
    }
    free(t);
}

static int32_t make_and_check(int32_t depth) {
    Tree *t = make(depth);
    int32_t n = check(t);
    release(t);
    return n;
}

int main(void) {
    const int32_t min_depth = 4, max_depth = 17, stretch = max_depth + 1;
    printf("stretch tree of depth %d\t check: %d\n", stretch, make_and_check(stretch));
    Tree *long_lived = make(max_depth);
    for (int32_t depth = min_depth; depth <= max_depth; depth += 2) {
        int32_t iterations = 1 << (max_depth - depth + min_depth);
        int32_t sum = 0;
        for (int32_t i = 0; i < iterations; i++) sum += make_and_check(depth);
        printf("%d\t trees of depth %d\t check: %d\n", iterations, depth, sum);
    }
    printf("long lived tree of depth %d\t check: %d\n", max_depth, check(long_lived));
    release(long_lived);
    return 0;
}
