// Runs one command and reports its wall time, peak resident memory and status.
//
//     measure REPORT COMMAND [ARGS...]
//
// REPORT receives one line: nanoseconds, kilobytes, exit status (128+N for a signal).
// This is not done from the Python driver because Linux counts the memory of the
// process that forked towards the child's peak: a child of Python is never below
// Python's own size. This program is small, so its children are measured truly.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: measure REPORT COMMAND [ARGS...]\n");
        return 2;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = vfork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0) {
        perror("measure: fork");
        return 2;
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0) {
        perror("measure: wait4");
        return 2;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    long long ns = (end.tv_sec - start.tv_sec) * 1000000000LL + (end.tv_nsec - start.tv_nsec);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *report = fopen(argv[1], "w");
    if (report == NULL) {
        perror("measure: report");
        return 2;
    }
    fprintf(report, "%lld %ld %d\n", ns, usage.ru_maxrss, code);
    fclose(report);
    return 0;
}
