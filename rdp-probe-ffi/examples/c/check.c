/* Probes one target and prints the report: the call that takes the place of a check of one's own.
 *
 *     check ts01.example
 *
 * Exit status: 0 if the server can be reached as far as TLS, 1 if not, 2 if it could not be tried.
 */

#include <rdp_probe.h>

#include <stdio.h>

static int trouble(void)
{
    rdp_probe_str error = rdp_probe_last_error();
    fprintf(stderr, "error: %.*s\n", RDP_PROBE_PRINT(error));
    return 2;
}

/* What a program of one's own may want to act on: codes that stay the same, with words for people beside them. */
static void print_causes(const rdp_probe_report *report)
{
    for (size_t i = 0; i < rdp_probe_report_causes(report); i++) {
        rdp_probe_str code = rdp_probe_report_cause_code(report, i);
        rdp_probe_str headline = rdp_probe_report_cause_headline(report, i);
        const char *confidence = rdp_probe_report_cause_confidence(report, i) == RDP_PROBE_CERTAIN ? "certain" : "perhaps";
        printf("%.*s (%s): %.*s\n", RDP_PROBE_PRINT(code), confidence, RDP_PROBE_PRINT(headline));
    }
}

static int check(const rdp_probe_prober *prober, const char *target)
{
    rdp_probe_report *report = NULL;
    if (rdp_probe_run(prober, target, NULL, &report) != RDP_PROBE_OK) {
        return trouble();
    }
    rdp_probe_str text = rdp_probe_report_text(report);
    printf("%.*s\n", RDP_PROBE_PRINT(text));
    print_causes(report);
    int status = rdp_probe_report_ok(report) ? 0 : 1;
    rdp_probe_report_free(report);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s HOST[:PORT]\n", argv[0]);
        return 2;
    }
    /* The library that was found at run time may be another than the one of the header. */
    if (rdp_probe_abi() != RDP_PROBE_ABI) {
        fprintf(stderr, "error: librdp_probe has the ABI %u, this program needs %u\n", (unsigned)rdp_probe_abi(),
                (unsigned)RDP_PROBE_ABI);
        return 2;
    }
    rdp_probe_prober *prober = NULL;
    if (rdp_probe_prober_new(NULL, &prober) != RDP_PROBE_OK) {
        return trouble();
    }
    int status = check(prober, argv[1]);
    rdp_probe_prober_free(prober);
    return status;
}
