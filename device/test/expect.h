// The least a test needs: say what did not hold and where, go on, fail at the end.
#ifndef UPDRAFT_TEST_EXPECT_H
#define UPDRAFT_TEST_EXPECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int expect_failures, expect_tests;

#define EXPECT(condition)                                                                                              \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            expect_failures++;                                                                                         \
        }                                                                                                              \
    } while (0)

#define EXPECT_EQUAL(expected, actual)                                                                                 \
    do {                                                                                                               \
        long long expected_ = (long long)(expected), actual_ = (long long)(actual);                                    \
        if (expected_ != actual_) {                                                                                    \
            fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #actual, actual_, expected_);         \
            expect_failures++;                                                                                         \
        }                                                                                                              \
    } while (0)

// Runs a test function; its name says the promise.
#define RUN(test)                                                                                                      \
    do {                                                                                                               \
        int before_ = expect_failures;                                                                                 \
        test();                                                                                                        \
        expect_tests++;                                                                                                \
        if (expect_failures != before_) {                                                                              \
            fprintf(stderr, "FAILED: %s\n", #test);                                                                    \
        }                                                                                                              \
    } while (0)

static inline int expect_end(const char *suite) {
    printf("%s: %d tests, %d failed expectations\n", suite, expect_tests, expect_failures);
    return expect_failures == 0 ? 0 : 1;
}

#endif
