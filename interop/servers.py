"""How to run the real servers that more than one script needs."""

import contextlib
import os

from harness import HOST, find_program, free_port, listens, read, running


@contextlib.contextmanager
def xrdp(folder, settings):
    """Runs an xrdp with these settings; gives its port. Its log is xrdp.log in this folder."""
    ini, log, port = os.path.join(folder, "xrdp.ini"), os.path.join(folder, "xrdp.log"), free_port()
    lines = [f"port=tcp://{HOST}:{port}", *(f"{key}={value}" for key, value in settings.items())]
    with open(ini, "w", encoding="utf-8") as file:
        print("[Globals]", *lines, "[Logging]", f"LogFile={log}", "LogLevel=DEBUG", "EnableSyslog=false", sep="\n",
              file=file)
    with running(log, lambda: listens(port), "xrdp", "--nodaemon", "--config", ini):
        yield port


def screen(folder):
    """Runs an Xvfb; gives its display, as programs take it from their environment."""
    log = os.path.join(folder, "xvfb.log")
    # FreeRDP's server opens the display twice; an X server that resets itself in between refuses it the second time.
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"]

    def display():
        return next((f":{line}" for line in read(log).splitlines() if line.isdecimal()), None)

    return running(log, display, *command)


def shadows():
    """The FreeRDP shadow servers there are: that of FreeRDP 2, and that of FreeRDP 3 where it is installed."""
    yield "freerdp-shadow-cli"
    newer = "freerdp-shadow-cli3"
    if find_program(newer) == newer:
        print(f"absent {newer}: not examined")
    else:
        yield newer


@contextlib.contextmanager
def shadow(folder, display, program, options):
    """Runs a FreeRDP shadow server on this display; gives its port, and the certificate that it makes for itself.

    It makes one at its first start, and finds it again if it is started in the same folder. Its log is shadow.log there.
    """
    log, port = os.path.join(folder, "shadow.log"), free_port()
    # Line by line, or its log would lie in a buffer until it ends.
    command = ["stdbuf", "-oL", program, f"/port:{port}", f"/bind-address:{HOST}", *options]
    places = {"HOME": folder, "XDG_CONFIG_HOME": folder, "DISPLAY": display, "WLOG_LEVEL": "DEBUG"}
    with running(log, lambda: listens(port), *command, **places):
        yield port, os.path.join(folder, "freerdp", "shadow", "shadow.crt")


# The one user that servers and clients of Network Level Authentication know.
USER, PASSWORD = "alice", "Secret-1"

# FreeRDP's clients, and the exit statuses of `+auth-only` where the server took the credentials: FreeRDP 2 goes on into MCS then,
# which a server that has shown enough closes; FreeRDP 3 has a status of its own.
CLIENTS = {"xfreerdp": [0, 147], "xfreerdp3": [131, 147]}


def accounts(folder, nt_hash):
    """The file that a shadow server takes its users from."""
    sam = os.path.join(folder, "sam")
    with open(sam, "w", encoding="utf-8") as file:
        print(f"{USER}:::{nt_hash}:::", file=file)
    return sam
