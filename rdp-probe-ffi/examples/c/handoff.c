/* Opens a connection as far as TLS with rdp-probe, and goes on with it: MCS Connect Initial, MCS Connect Response.
 *
 *     handoff ts01.example
 *
 * A client has its own code from here on. This one asks for TLS without Network Level Authentication, so that MCS comes
 * next; where a server insists on that, the report says so.
 * Exit status: 0 if a Connect Response came and says success, 1 if not, 2 if the command line is wrong.
 */

#include <rdp_probe.h>

#include <stdio.h>
#include <string.h>

/* From here on time is the program's own affair. */
#define PATIENCE_MS 10000

#define CORE_SIZE 216
#define SECURITY_SIZE 12

/* Headers of the request: [MS-RDPBCGR] 2.2.1.3, with T.125 and T.124 in it. The lengths fit the blocks that come behind. */
static const uint8_t headers[] = {
    0x03, 0x00, 0x01, 0x68,                                     /* TPKT: 360 bytes */
    0x02, 0xF0, 0x80,                                           /* X.224 Data */
    0x7F, 0x65, 0x82, 0x01, 0x5C,                               /* MCS Connect-Initial: 348 bytes */
    0x04, 0x01, 0x01, 0x04, 0x01, 0x01, 0x01, 0x01, 0xFF,       /* domain selectors, upward flag */
    0x30, 0x19, 0x02, 0x01, 0x22, 0x02, 0x01, 0x02, 0x02, 0x01, /* target parameters */
    0x00, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01, 0x02, 0x02, 0xFF, 0xFF, 0x02, 0x01, 0x02,
    0x30, 0x19, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x02, 0x01, /* minimum parameters */
    0x01, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01, 0x02, 0x02, 0x04, 0x20, 0x02, 0x01, 0x02,
    0x30, 0x1C, 0x02, 0x02, 0xFF, 0xFF, 0x02, 0x02, 0xFC, 0x17, /* maximum parameters */
    0x02, 0x02, 0xFF, 0xFF, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01, 0x02, 0x02, 0xFF, 0xFF, 0x02, 0x01, 0x02,
    0x04, 0x82, 0x00, 0xFB,                                     /* user data: 251 bytes */
    0x00, 0x05, 0x00, 0x14, 0x7C, 0x00, 0x01, 0x80, 0xF2,       /* GCC: 242 bytes */
    0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xC0, 0x00, 'D', 'u', 'c', 'a', 0x80, 0xE4,
};

#define REQUEST_SIZE (sizeof headers + CORE_SIZE + SECURITY_SIZE)

static void put(uint8_t *at, uint32_t number, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(number >> (8 * i));
    }
}

/* Client Core Data, 2.2.1.3.2. The server compares the protocol in it with what it has chosen itself. */
static void put_core(uint8_t *core, uint32_t selected)
{
    put(core, 0xC001, 2);
    put(core + 2, CORE_SIZE, 2);
    put(core + 4, 0x00080004, 4); /* RDP 5 */
    put(core + 8, 1024, 2);
    put(core + 10, 768, 2);
    put(core + 12, 0xCA01, 2); /* 8 bits a pixel */
    put(core + 14, 0xAA03, 2);
    put(core + 16, 0x0409, 4); /* a US keyboard */
    put(core + 20, 2600, 4);
    for (size_t i = 0; i < 7; i++) {
        put(core + 24 + 2 * i, (uint8_t)"handoff"[i], 2); /* a name that shows up in the server's logs */
    }
    put(core + 56, 4, 4);
    put(core + 64, 12, 4);
    put(core + 132, 0xCA01, 2);
    put(core + 134, 1, 2);
    put(core + 140, 24, 2);
    put(core + 142, 0x000F, 2);
    put(core + 144, 0x0001, 2); /* errors may be told */
    put(core + 212, selected, 4);
}

static void put_request(uint8_t *request, uint32_t selected)
{
    memset(request, 0, REQUEST_SIZE);
    memcpy(request, headers, sizeof headers);
    put_core(request + sizeof headers, selected);
    /* Client Security Data, 2.2.1.3.3: TLS has all there is to encrypt. */
    put(request + sizeof headers + CORE_SIZE, 0xC002, 2);
    put(request + sizeof headers + CORE_SIZE + 2, SECURITY_SIZE, 2);
}

static int trouble(void)
{
    rdp_probe_str error = rdp_probe_last_error();
    fprintf(stderr, "error: %.*s\n", RDP_PROBE_PRINT(error));
    return 1;
}

/* A read gives what there is: this one goes on until it has as much as asked. */
static int read_all(const rdp_probe_connection *connection, uint8_t *buffer, size_t wanted)
{
    size_t held = 0;
    while (held < wanted) {
        size_t more = 0;
        if (rdp_probe_connection_read(connection, buffer + held, wanted - held, PATIENCE_MS, &more) != RDP_PROBE_OK) {
            return trouble();
        }
        if (more == 0) {
            fputs("error: the server has ended the connection\n", stderr);
            return 1;
        }
        held += more;
    }
    return 0;
}

/* Reads one TPKT: its header has its length. Gives that, or 0. */
static size_t read_message(const rdp_probe_connection *connection, uint8_t *buffer, size_t capacity)
{
    if (read_all(connection, buffer, 4) != 0) {
        return 0;
    }
    size_t length = (size_t)buffer[2] << 8 | buffer[3];
    if (buffer[0] != 3 || length < 4 || length > capacity) {
        fputs("error: the server's answer is no TPKT\n", stderr);
        return 0;
    }
    return read_all(connection, buffer + 4, length - 4) == 0 ? length : 0;
}

/* The result stands at the beginning of a Connect Response, T.125 section 7, behind TPKT, X.224 and a length of any size. */
static int print_response(const uint8_t *message, size_t length)
{
    if (length < 15 || message[7] != 0x7F || message[8] != 0x66) {
        fputs("error: the server's answer is no MCS Connect Response\n", stderr);
        return 1;
    }
    const uint8_t *result = message + 10 + (message[9] < 0x80 ? 0 : message[9] - 0x80);
    if (result + 3 > message + length || result[0] != 0x0A || result[1] != 1) {
        fputs("error: the server's MCS Connect Response has no result\n", stderr);
        return 1;
    }
    printf("MCS Connect Response: %u bytes, result %u\n", (unsigned)length, result[2]);
    return result[2] == 0 ? 0 : 1;
}

static int exchange(const rdp_probe_connection *connection)
{
    static uint8_t answer[65536];
    uint8_t request[REQUEST_SIZE];
    put_request(request, rdp_probe_connection_selected(connection));
    size_t written = 0; /* all of it, where the status is OK */
    if (rdp_probe_connection_write(connection, request, sizeof request, PATIENCE_MS, &written) != RDP_PROBE_OK) {
        return trouble();
    }
    size_t length = read_message(connection, answer, sizeof answer);
    return length == 0 ? 1 : print_response(answer, length);
}

static void print_report(const rdp_probe_report *report)
{
    rdp_probe_str text = rdp_probe_report_text(report);
    printf("%.*s\n", RDP_PROBE_PRINT(text));
}

static int hand_off(const rdp_probe_prober *prober, const char *target)
{
    rdp_probe_connection *connection = NULL;
    rdp_probe_report *report = NULL;
    rdp_probe_status status = rdp_probe_open(prober, target, NULL, &connection, &report);
    if (status == RDP_PROBE_NOT_REACHED) {
        print_report(report);
    }
    rdp_probe_report_free(report);
    if (status != RDP_PROBE_OK) {
        return trouble();
    }
    printf("opened, inside TLS: %s\n", rdp_probe_connection_is_tls(connection) ? "yes" : "no");
    int result = exchange(connection);
    /* Says goodbye; a server in the middle of its opening may not wait for it. */
    if (rdp_probe_connection_close(connection) != RDP_PROBE_OK) {
        result = trouble();
    }
    rdp_probe_connection_free(connection);
    return result;
}

static rdp_probe_prober *prober_for_tls(void)
{
    rdp_probe_prober *prober = NULL;
    rdp_probe_options *options = rdp_probe_options_new();
    if (rdp_probe_options_offer(options, RDP_PROBE_PROTOCOL_SSL) != RDP_PROBE_OK ||
        rdp_probe_prober_new(options, &prober) != RDP_PROBE_OK) {
        trouble();
    }
    rdp_probe_options_free(options);
    return prober;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s HOST[:PORT]\n", argv[0]);
        return 2;
    }
    rdp_probe_prober *prober = prober_for_tls();
    if (prober == NULL) {
        return 1;
    }
    int result = hand_off(prober, argv[1]);
    rdp_probe_prober_free(prober);
    return result;
}
