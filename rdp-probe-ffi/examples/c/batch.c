/* Probes many targets at a time, and prints a line for each as it ends.
 *
 *     batch ts01.example ts02.example
 *     batch <targets.txt                  one a line
 *     batch --cancel-after 10 <targets.txt
 *
 * With --cancel-after, the rest is cancelled when so many have ended: it still has a line each, as every target has.
 * Exit status: 0 if every server can be reached as far as TLS, 1 if not, 2 if it could not be tried.
 */

#include <rdp_probe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TARGETS 100000
#define LONGEST_LINE 1024

struct targets {
    char *names[MOST_TARGETS];
    size_t count;
};

/* What the callback works on. All callbacks of a prober come on one thread, one after another, so nothing here is locked. */
struct progress {
    const struct targets *targets;
    size_t ok;
};

static int trouble(void)
{
    rdp_probe_str error = rdp_probe_last_error();
    fprintf(stderr, "error: %.*s\n", RDP_PROBE_PRINT(error));
    return 2;
}

static void print_report(const char *target, const rdp_probe_report *report)
{
    rdp_probe_str cause = rdp_probe_report_cause_code(report, 0);
    unsigned long microseconds = (unsigned long)rdp_probe_report_total_us(report);
    printf("%s: %s: %.*s (%lu.%03lu ms)\n", target, rdp_probe_report_ok(report) ? "ok" : "FAILED", RDP_PROBE_PRINT(cause),
           microseconds / 1000, microseconds % 1000);
}

/* Called once for each target, whatever happens to it. The report is ours. */
static void done(void *user, size_t index, rdp_probe_status status, rdp_probe_report *report)
{
    struct progress *progress = user;
    const char *target = progress->targets->names[index];
    if (status == RDP_PROBE_OK) {
        print_report(target, report);
        progress->ok += rdp_probe_report_ok(report) != 0;
        rdp_probe_report_free(report);
        return;
    }
    rdp_probe_str why = status == RDP_PROBE_INVALID_TARGET ? rdp_probe_last_error() : rdp_probe_status_text(status);
    printf("%s: %.*s\n", target, RDP_PROBE_PRINT(why));
}

/* Waits for all, or cancels when enough have ended. A user interface would cancel from wherever its button is. */
static rdp_probe_status wait_for(const rdp_probe_job *job, size_t cancel_after)
{
    rdp_probe_status status = RDP_PROBE_TIMEOUT;
    while (status == RDP_PROBE_TIMEOUT) {
        if (cancel_after > 0 && rdp_probe_job_done(job) >= cancel_after) {
            status = rdp_probe_job_cancel(job);
            if (status != RDP_PROBE_OK) {
                return status;
            }
            cancel_after = 0;
        }
        status = rdp_probe_job_wait(job, cancel_after > 0 ? 20 : RDP_PROBE_FOREVER);
    }
    return status;
}

static int batch(const struct targets *targets, size_t cancel_after)
{
    struct progress progress = {targets, 0};
    rdp_probe_prober *prober = NULL;
    if (rdp_probe_prober_new(NULL, &prober) != RDP_PROBE_OK) {
        return trouble();
    }
    rdp_probe_job *job = NULL;
    rdp_probe_status status = rdp_probe_start(prober, (const char *const *)targets->names, targets->count, 0, NULL, done,
                                              &progress, &job);
    if (status == RDP_PROBE_OK) {
        status = wait_for(job, cancel_after);
    }
    int result = status != RDP_PROBE_OK ? trouble() : progress.ok == targets->count ? 0 : 1;
    rdp_probe_job_free(job);
    rdp_probe_prober_free(prober);
    return result;
}

static int add(struct targets *targets, const char *name)
{
    if (targets->count == MOST_TARGETS) {
        return 0;
    }
    char *copy = malloc(strlen(name) + 1);
    if (copy == NULL) {
        return 0;
    }
    targets->names[targets->count++] = strcpy(copy, name);
    return 1;
}

static int add_lines(struct targets *targets, FILE *file)
{
    char line[LONGEST_LINE];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && !add(targets, line)) {
            return 0;
        }
    }
    return !ferror(file);
}

static int add_all(struct targets *targets, int count, char **names)
{
    for (int i = 0; i < count; i++) {
        if (!add(targets, names[i])) {
            return 0;
        }
    }
    return count > 0 || add_lines(targets, stdin);
}

int main(int argc, char **argv)
{
    static struct targets targets;
    size_t cancel_after = 0;
    int first = 1;
    if (argc > 2 && strcmp(argv[1], "--cancel-after") == 0) {
        cancel_after = strtoul(argv[2], NULL, 10);
        first = 3;
    }
    int result = 2;
    if (add_all(&targets, argc - first, argv + first)) {
        result = batch(&targets, cancel_after);
    } else {
        fputs("error: the targets cannot be read, or are too many\n", stderr);
    }
    for (size_t i = 0; i < targets.count; i++) {
        free(targets.names[i]);
    }
    return result;
}
