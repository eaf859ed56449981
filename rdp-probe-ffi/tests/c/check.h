/* Assertions of the test programs: one that does not hold says where, and ends the program with status 1. C and C++. */

#ifndef CHECK_H
#define CHECK_H

#include <rdp_probe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fail(__FILE__, __LINE__, #condition); \
        } \
    } while (0)

/* That a call gives this status; and where that is an error, that its text can be had. */
#define GIVES(expected, call) gives(__FILE__, __LINE__, #call, (expected), (call))
#define OK(call) GIVES(RDP_PROBE_OK, call)
#define REFUSES(call) GIVES(RDP_PROBE_INVALID_ARGUMENT, call)

static inline void fail(const char *file, int line, const char *what)
{
    rdp_probe_str error = rdp_probe_last_error();
    fprintf(stderr, "%s:%d: not so: %s (last error: %.*s)\n", file, line, what, RDP_PROBE_PRINT(error));
    fflush(NULL);
    _Exit(1);
}

static inline void gives(const char *file, int line, const char *call, rdp_probe_status expected, rdp_probe_status seen)
{
    if (seen != expected) {
        rdp_probe_str text = rdp_probe_status_text(seen);
        fprintf(stderr, "%s:%d: status %u (%.*s), not %u\n", file, line, (unsigned)seen, RDP_PROBE_PRINT(text),
                (unsigned)expected);
        fail(file, line, call);
    }
    if (seen != RDP_PROBE_OK && rdp_probe_last_error().len == 0) {
        fail(file, line, "its error has a text");
    }
}

/* Whether a text is, or holds, another one. */
static inline int is(rdp_probe_str text, const char *other)
{
    return text.len == strlen(other) && memcmp(text.ptr, other, text.len) == 0;
}

static inline int holds(rdp_probe_str text, const char *part)
{
    size_t length = strlen(part);
    for (size_t at = 0; at + length <= text.len; at++) {
        if (memcmp(text.ptr + at, part, length) == 0) {
            return 1;
        }
    }
    return 0;
}

static inline int same(rdp_probe_str one, rdp_probe_str other)
{
    return one.len == other.len && (one.len == 0 || memcmp(one.ptr, other.ptr, one.len) == 0);
}

/* The place of a cause with this code, or the number of causes if there is none. */
static inline size_t cause(const rdp_probe_report *report, const char *code)
{
    size_t count = rdp_probe_report_causes(report);
    for (size_t i = 0; i < count; i++) {
        if (is(rdp_probe_report_cause_code(report, i), code)) {
            return i;
        }
    }
    return count;
}

static inline int has_cause(const rdp_probe_report *report, const char *code)
{
    return cause(report, code) < rdp_probe_report_causes(report);
}

#endif
