"""What the scripts of this folder share: servers on free ports of 127.0.0.1, a client of our own, and checks."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import time

HOST = "127.0.0.1"

# What the probe offers, and the same as the bits of an X.224 request; "none" is one without negotiation data.
OFFERS = {"none": None, "rdp": 0, "ssl": 1, "hybrid": 2, "ssl,hybrid": 3, "ssl,hybrid,hybrid_ex": 1 | 2 | 8}

# The answers to a request: one of these protocols, the code of a refusal, or a confirm without negotiation data.
PROTOCOLS = {0: "rdp", 1: "ssl", 2: "hybrid", 8: "hybrid_ex"}
CONFIRM = "confirm"

# The cause that follows from each refusal.
REFUSALS = {1: "tls-required", 2: "tls-not-allowed", 3: "no-certificate", 5: "nla-required"}

# What goes wrong with other people's programs, and is a failed check, not the end of the script.
TROUBLE = (OSError, RuntimeError, ValueError, subprocess.SubprocessError)

passed = failed = 0


def check(what, expected, seen):
    global passed, failed
    right = expected == seen and type(expected) is type(seen)
    passed, failed = passed + right, failed + (not right)
    print(f"{'ok    ' if right else 'FAILED'} {what}: expected {expected!r}, seen {seen!r}", flush=True)


@contextlib.contextmanager
def attempt(what):
    """Makes trouble inside a failed check."""
    try:
        yield
    except TROUBLE as error:
        check(f"{what}: examined", "to the end", str(error))


def look_up(report, path):
    """The member of a report that a dotted path leads to; what would lie below null is null."""
    for key in path.split("."):
        if report is None:
            return None
        report = report.get(key, "(missing)") if isinstance(report, dict) else "(missing)"
    return report


def compare(what, expected, report):
    for path, value in expected.items():
        check(f"{what}: {path}", value, look_up(report, path))


def run(*command, **options):
    options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 120} | options
    return subprocess.run([find_program(command[0]), *command[1:]], **options)


def probe(program, target, *arguments, **environment):
    """The report of `rdp-probe check`, with its exit status, and the causes by name alone."""
    done = run(program, "check", "--json", *arguments, target, env=os.environ | environment)
    report = json.loads(done.stdout or "{}")
    if not report:
        print(f"       no report: {done.stderr.strip().partition(chr(10))[0]}")
    return report | {"exit": done.returncode, "causes": [cause["code"] for cause in report.get("causes", [])]}


def openssl(*arguments):
    return run("openssl", *arguments, check=True).stdout


def make_certificate(folder, name, newkey=("rsa:2048",), digest="sha256"):
    """A self-signed certificate and its key, as the paths of two files; `newkey` is what OpenSSL calls so."""
    certificate, key = os.path.join(folder, f"{name}.crt"), os.path.join(folder, f"{name}.key")
    openssl("req", "-x509", "-newkey", *newkey, f"-{digest}", "-nodes", "-days", "30", "-subj", f"/CN={name}",
            "-set_serial", "0x8eed0000000000a1", "-addext", f"subjectAltName=DNS:{name},IP:{HOST}",
            "-keyout", key, "-out", certificate)
    return certificate, key


def facts_of_certificate(file):
    """What OpenSSL reads from a certificate, in the form that reports have."""
    text = openssl("x509", "-in", file, "-noout", "-text", "-nameopt", "RFC2253", "-subject", "-issuer", "-serial",
                   "-startdate", "-enddate", "-dateopt", "iso_8601", "-fingerprint", "-sha256", "-purpose",
                   "-checkip", HOST)
    text += openssl("x509", "-in", file, "-noout", "-fingerprint", "-sha1")

    def find(pattern):
        found = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
        return found[1] if found else ""

    facts = {
        "subject": find("^subject=(.*)"),
        "issuer": find("^issuer=(.*)"),
        "serial": find("^serial=(.*)").lower(),
        "not_before": find("^notBefore=(.*)").replace(" ", "T"),
        "not_after": find("^notAfter=(.*)").replace(" ", "T"),
        "names": re.findall(r"(?:DNS|IP Address):([^,\s]+)", find(r"Subject Alternative Name:.*\n(.*)")),
        "key.bits": int(find(r"Public-Key: \((\d+) bit")),
        "signature_algorithm": find("Signature Algorithm: (.*)"),
        "sha1": find("^sha1 Fingerprint=(.*)").replace(":", "").lower(),
        "sha256": find("^sha256 Fingerprint=(.*)").replace(":", "").lower(),
        "verdict.name.ok": "does match certificate" in text,
        "verdict.purpose.ok": find("^SSL server : (.*)") == "Yes",
    }
    return {f"certificate.{member}": fact for member, fact in facts.items()}


def request(protocols):
    """An X.224 Connection Request in its TPKT; without negotiation data if protocols is None."""
    negotiation = b"" if protocols is None else struct.pack("<BBHI", 1, 0, 8, protocols)
    return struct.pack(">BBHBBHHB", 3, 0, 11 + len(negotiation), 6 + len(negotiation), 0xE0, 0, 0, 0) + negotiation


def read_answer(connection):
    """One TPKT, or as much as came of it."""
    answer = connection.recv(4, socket.MSG_WAITALL)
    if len(answer) == 4:
        answer += connection.recv(max(struct.unpack(">H", answer[2:])[0] - 4, 0), socket.MSG_WAITALL)
    return answer


def meaning(answer):
    """What an answer says: a protocol, the code of a refusal, CONFIRM; or its bytes, if it is something else."""
    if answer[:1] == b"\3" and answer[5:6] == b"\xd0" and len(answer) in (11, 19):
        if len(answer) == 11:
            return CONFIRM
        kind, _, _, number = struct.unpack("<BBHI", answer[11:])
        if kind == 3:
            return number
        if kind == 2 and number in PROTOCOLS:
            return PROTOCOLS[number]
    return answer.hex()


def facts_of_connection(port, protocols, certificate, name_fits):
    """What a client of our own sees: what the answer means, and facts of it and of TLS if the server chose that."""
    with socket.create_connection((HOST, port), timeout=20) as connection:
        connection.sendall(request(protocols))
        answer = read_answer(connection)
        facts = {"negotiation.raw": answer.hex()}
        if meaning(answer) not in ("ssl", "hybrid", "hybrid_ex"):
            return meaning(answer), facts | {"tls": None, "certificate": None}
        # Refuses a certificate that is not in this file, or does not name the address though it should.
        context = ssl.create_default_context(cafile=certificate)
        context.check_hostname = name_fits
        with context.wrap_socket(connection, server_hostname=HOST) as session:
            return meaning(answer), facts | {
                "tls.version": session.version().removeprefix("TLSv"),
                "tls.cipher_suite": standard_name(session.cipher()[0]),
                "certificate.sha256": hashlib.sha256(session.getpeercert(binary_form=True)).hexdigest(),
                "certificate.verdict.time.ok": True,
            }


def standard_name(suite):
    """The name that IANA has for what OpenSSL calls so."""
    ciphers = [line.split() for line in openssl("ciphers", "-stdname", "ALL").splitlines()]
    return {name: standard for standard, _, name, *_ in ciphers}[suite]


def consequences(offer, answer, name_fits):
    """What must follow from an answer when TLS is the goal."""
    facts = {"ok": False, "exit": 1, "stage": "negotiate", "negotiation.flags": None}
    if isinstance(answer, int):
        return facts | {"reached": "connect", "end.kind": "refusal", "end.code": answer, "causes": [REFUSALS[answer]],
                        "negotiation.selected": None, "negotiation.failure.code": answer, "negotiation.flags": 0}
    # Standard RDP security is the client's doing where nothing else was offered.
    cause = "tls-not-offered" if offer in ("none", "rdp") else "standard-security-only"
    facts |= {"reached": "negotiate", "end.kind": "complete", "end.code": None, "causes": [cause],
              "negotiation.selected": "rdp" if answer == CONFIRM else answer, "negotiation.failure": None}
    if answer in ("rdp", CONFIRM):
        return facts
    cause = "no-fault-found" if name_fits else "certificate-wrong-name"
    return facts | {"ok": True, "exit": 0, "stage": "tls", "reached": "tls", "causes": [cause]}


def examine(program, name, port, answers, certificate):
    """Compares an answer to every offer with what is expected, as our own client sees it and as the probe does."""
    of_certificate = None
    for (offer, protocols), answer in zip(OFFERS.items(), answers, strict=True):
        what = f"{name}, offered {offer}"
        chooses_tls = answer in ("ssl", "hybrid", "hybrid_ex")
        if chooses_tls and of_certificate is None:
            of_certificate = facts_of_certificate(certificate)
        name_fits = chooses_tls and of_certificate["certificate.verdict.name.ok"]
        seen, facts = facts_of_connection(port, protocols, certificate, name_fits)
        check(f"{what}: what our own client is answered", answer, seen)
        facts |= consequences(offer, answer, name_fits)
        facts |= {"request.negotiates": protocols is not None, "negotiation.offered_code": protocols or 0}
        if isinstance(answer, str) and answer != CONFIRM:
            facts["negotiation.flags"] = int(facts["negotiation.raw"][24:26], 16)
        if chooses_tls:
            sent = facts.get("certificate.sha256")
            check(f"{what}: the certificate our own client is sent", of_certificate["certificate.sha256"], sent)
            facts |= of_certificate
        compare(what, facts, probe(program, f"{HOST}:{port}", "--offer", offer))


def find_program(name):
    """Where a program is: some lie where only the administrator looks."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin") or name


def free_port():
    with socket.create_server((HOST, 0)) as free:
        return free.getsockname()[1]


@contextlib.contextmanager
def nobody():
    """A port that refuses connections as long as the block lasts: it is taken, so that no other server gets it meanwhile, and not
    listened at."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        yield taken.getsockname()[1]


def listens(port):
    with contextlib.suppress(ConnectionRefusedError), socket.create_connection((HOST, port), timeout=20):
        return True
    return False


def read(file):
    with open(file, encoding="utf-8", errors="replace") as text:
        return text.read()


@contextlib.contextmanager
def running(log, ready, *command, **environment):
    """Runs a program as long as the block lasts; gives what `ready` does as soon as that is true of anything."""
    with open(log, "w", encoding="utf-8") as output:
        # In a session of its own, so that what it starts in turn ends with it.
        server = subprocess.Popen([find_program(command[0]), *command[1:]], start_new_session=True,
                                  env=os.environ | environment, stdin=subprocess.DEVNULL, stdout=output,
                                  stderr=subprocess.STDOUT)
    try:
        yield wait_for(server, ready, log)
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(5)
        # Itself, where that was not enough, and what it has left behind.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_for(server, ready, log):
    for _ in range(400):
        if found := ready():
            return found
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{server.args[0]} does not start: " + " / ".join(read(log).splitlines()[-2:]))


def main(examine_all, tested="rdp-probe"):
    """Runs a script: `examine_all` gets the path of the program under test, and a folder that goes away at the end."""
    # Ended from outside, it cleans up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    default = os.path.join(os.path.dirname(__file__), "..", "target", "debug", tested)
    named = os.environ.get(tested.upper().replace("-", "_"), default)
    program = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else named)
    with tempfile.TemporaryDirectory(prefix="interop-", ignore_cleanup_errors=True) as folder:
        examine_all(program, folder)
    print(f"{passed} passed, {failed} failed")
    sys.exit(int(failed > 0 or passed == 0))
