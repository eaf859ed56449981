"""How to run the real servers that more than one script needs."""

import contextlib
import os
import re
import time

from harness import HOST, find_program, free_port, listens, read, run, running


@contextlib.contextmanager
def labs(program, folder, scenarios):
    """Serves these scenarios of `rdp-probe lab`; gives where each is served. Their logs are NAME.lab.log in this folder."""

    def place(log):
        return re.search("listening on ([^;,]+)", read(log))

    with contextlib.ExitStack() as stack:
        places = {}
        for name in scenarios:
            log = os.path.join(folder, f"{name}.lab.log")
            served = running(log, lambda log=log: place(log), program, "lab", name)
            places[name] = stack.enter_context(served)[1]
        yield places


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
def shadow(folder, display, program, options, **environment):
    """Runs a FreeRDP shadow server on this display; gives its port, and the certificate that it makes for itself.

    It makes one at its first start, and finds it again if it is started in the same folder. Its log is shadow.log there.
    """
    log, port = os.path.join(folder, "shadow.log"), free_port()
    # Line by line, or its log would lie in a buffer until it ends.
    command = ["stdbuf", "-oL", program, f"/port:{port}", f"/bind-address:{HOST}", *options]
    places = {"HOME": folder, "XDG_CONFIG_HOME": folder, "DISPLAY": display, "WLOG_LEVEL": "DEBUG"} | environment
    with running(log, lambda: listens(port), *command, **places):
        yield port, os.path.join(folder, "freerdp", "shadow", "shadow.crt")


# The one user that servers and clients of Network Level Authentication know.
USER, PASSWORD = "alice", "Secret-1"

def accounts(folder, nt_hash):
    """The file that a shadow server takes its users from."""
    sam = os.path.join(folder, "sam")
    with open(sam, "w", encoding="utf-8") as file:
        print(f"{USER}:::{nt_hash}:::", file=file)
    return sam


# What the log of a shadow server has for each connection that is over, and for each that got it no credentials it could open.
OVER, UNDELEGATED = "Failed to check FreeRDP file descriptor", "client authentication failure"


def undelegated(log, connections):
    """How many of the first connections got the server no credentials that it could open, once so many are over.

    The first of all is the one that showed that it listens.
    """
    for _ in range(200):
        said = read(log)
        if said.count(OVER) == connections:
            return said.count(UNDELEGATED)
        time.sleep(0.05)
    raise RuntimeError(f"after {connections} connections its log has {said.count(OVER)}")


REALM = "LAB.TEST"

# The users of the key distribution centre, all with PASSWORD, and what is set for them beside.
PRINCIPALS = {USER: [], "expired": ["-pwexpire", "yesterday"], "locked": ["-allow_tix"]}


@contextlib.contextmanager
def kdc(folder):
    """Runs MIT's key distribution centre; gives its port, and the environment by which programs find it.

    It knows PRINCIPALS and the service TERMSRV/localhost, whose key is in termsrv.keytab in this folder; its log is kdc.log.
    """
    port, settings = free_port(), {}
    for name, text in (("krb5.conf", KRB5_CONF), ("kdc.conf", KDC_CONF)):
        settings[name] = os.path.join(folder, name)
        with open(settings[name], "w", encoding="utf-8") as file:
            file.write(text.format(realm=REALM, address=f"{HOST}:{port}", folder=folder))
    places = {"KRB5_CONFIG": settings["krb5.conf"], "KRB5_KDC_PROFILE": settings["kdc.conf"]}

    def manage(*command):
        run(*command, env=os.environ | places, check=True)

    manage("kdb5_util", "create", "-s", "-r", REALM, "-P", "of the database alone")
    for user, options in PRINCIPALS.items():
        manage("kadmin.local", "addprinc", "-pw", PASSWORD, "+requires_preauth", *options, user)
    manage("kadmin.local", "addprinc", "-randkey", "TERMSRV/localhost")
    manage("kadmin.local", "ktadd", "-k", os.path.join(folder, "termsrv.keytab"), "TERMSRV/localhost")
    with running(os.path.join(folder, "krb5kdc.log"), lambda: listens(port), "krb5kdc", "-n", **places):
        yield port, {"KRB5_CONFIG": settings["krb5.conf"]}


KRB5_CONF = """[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
[realms]
 {realm} = {{
  kdc = {address}
 }}
[domain_realm]
 localhost = {realm}
"""

KDC_CONF = """[kdcdefaults]
 kdc_listen = {address}
 kdc_tcp_listen = {address}
[realms]
 {realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
 }}
[logging]
 kdc = FILE:{folder}/kdc.log
"""
