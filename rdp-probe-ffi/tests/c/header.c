/* The header stands alone, may be included twice, and is compiled as C99, C11 and C++17 with every warning an error. */

#include <rdp_probe.h>
#include <rdp_probe.h>

/* Each constant is a constant, and each opaque type can be pointed at and nothing else. */
int main(void)
{
    rdp_probe_status statuses[] = {RDP_PROBE_OK, RDP_PROBE_INVALID_ARGUMENT, RDP_PROBE_PANIC};
    rdp_probe_options *options = rdp_probe_options_new();
    rdp_probe_options_free(options);
    switch (rdp_probe_abi()) {
    case RDP_PROBE_ABI:
        return (int)statuses[0];
    default:
        return 1;
    }
}
