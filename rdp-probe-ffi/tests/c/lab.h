/* What the test programs probe: servers that the command line names (NAME=HOST:PORT), and sockets of their own; and the census of
 * threads and descriptors. C and C++. */

#ifndef LAB_H
#define LAB_H

#include "check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* How often something that must come to pass is looked for, 10 ms apart. */
#define PATIENCE 1500

static char **lab_arguments;

/* Where a scenario of the lab is served. */
static inline const char *lab(const char *scenario)
{
    size_t length = strlen(scenario);
    for (char **argument = lab_arguments + 1; *argument != NULL; argument++) {
        if (strncmp(*argument, scenario, length) == 0 && (*argument)[length] == '=') {
            return *argument + length + 1;
        }
    }
    fprintf(stderr, "this program needs an argument %s=HOST:PORT\n", scenario);
    exit(2);
}

/* A socket of the program's own, and how it is called. */
struct place {
    int socket;
    char target[32];
};

static inline struct place bound(void)
{
    struct place place;
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    place.socket = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(place.socket >= 0);
    CHECK(bind(place.socket, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(place.socket, (struct sockaddr *)&address, &length) == 0);
    snprintf(place.target, sizeof place.target, "127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return place;
}

/* Refuses connections, as long as it is held: nobody listens. */
static inline struct place refusing(void)
{
    return bound();
}

/* Takes connections, as the system does by itself, and never says a word. */
static inline struct place silent(void)
{
    struct place place = bound();
    CHECK(listen(place.socket, 4096) == 0);
    return place;
}

static inline void leave(struct place place)
{
    CHECK(close(place.socket) == 0);
}

static inline void pause_shortly(void)
{
    struct timespec while_others_run = {0, 10 * 1000 * 1000};
    nanosleep(&while_others_run, NULL);
}

/* How many threads and descriptors this process has. */
struct census {
    size_t threads, files;
};

static inline size_t entries(const char *path)
{
    size_t count = 0;
    DIR *folder = opendir(path);
    CHECK(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count - 2; /* without the folder itself and the one above */
}

static inline struct census census(void)
{
    struct census now;
    now.threads = entries("/proc/self/task");
    now.files = entries("/proc/self/fd") - 1; /* without the one that this takes */
    return now;
}

/* Whether there are as many as before: a thread that has ended may be listed a moment longer. */
static inline int settled(struct census before)
{
    for (int i = 0; i < PATIENCE; i++) {
        struct census now = census();
        if (now.threads == before.threads && now.files == before.files) {
            return 1;
        }
        pause_shortly();
    }
    fprintf(stderr, "threads: %zu, then %zu; descriptors: %zu, then %zu\n", before.threads, census().threads, before.files,
            census().files);
    return 0;
}

/* How many threads of this process have this name, of which the system keeps 15 characters. */
static inline size_t threads_named(const char *name)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/task");
    struct dirent *entry;
    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        char path[320], found[32] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = fopen(path, "r");
        if (file != NULL) {
            if (fgets(found, sizeof found, file) != NULL) {
                found[strcspn(found, "\n")] = '\0';
            }
            fclose(file);
        }
        count += strcmp(found, name) == 0;
    }
    closedir(folder);
    return count;
}

/* How many seconds a test may take before it counts as one that hangs, and the system ends the program. */
#define WATCHDOG 300

/* Runs a test, which must leave no thread and no descriptor behind; says which, so that one that hangs has a name. */
#define RUN(test) \
    do { \
        struct census before_##test = census(); \
        printf("%s\n", #test); \
        fflush(stdout); \
        alarm(WATCHDOG); \
        test(); \
        CHECK(settled(before_##test)); \
    } while (0)

static void (*lab_tests)(void);

static inline void *run_tests(void *unused)
{
    lab_tests();
    return unused;
}

/* Runs the tests on a thread of their own: what the library's runtime keeps for a thread goes with it, and not before. Behind that,
 * whoever counts what was never freed finds nothing. */
static inline void run_all(char **arguments, void (*tests)(void))
{
    pthread_t thread;
    lab_arguments = arguments;
    lab_tests = tests;
    CHECK(pthread_create(&thread, NULL, run_tests, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
}

/* Time enough, however busy the machine is. */
#define LONG_MS 120000

static inline rdp_probe_options *options_with(uint32_t goal, uint32_t total_ms)
{
    rdp_probe_options *options = rdp_probe_options_new();
    CHECK(options != NULL);
    OK(rdp_probe_options_goal(options, goal));
    OK(rdp_probe_options_budget(options, total_ms, total_ms));
    return options;
}

/* The prober of these options, which are freed. */
static inline rdp_probe_prober *prober_of(rdp_probe_options *options)
{
    rdp_probe_prober *prober = NULL;
    OK(rdp_probe_prober_new(options, &prober));
    CHECK(prober != NULL);
    rdp_probe_options_free(options);
    return prober;
}

static inline rdp_probe_prober *prober_with(uint32_t goal, uint32_t total_ms)
{
    return prober_of(options_with(goal, total_ms));
}

static inline rdp_probe_report *run(const rdp_probe_prober *prober, const char *target)
{
    rdp_probe_report *report = NULL;
    OK(rdp_probe_run(prober, target, NULL, &report));
    CHECK(report != NULL);
    return report;
}

#endif
