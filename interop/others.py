"""Other tools that look at Remote Desktop servers: how each is asked, and what its output says that it found."""

import json
import os
import re
from dataclasses import dataclass, field
from typing import Callable

from harness import HOST, find_program, run
from servers import PASSWORD, USER

# Where the tools of Python are, and which of them.
VENV = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "rdp-probe", "peers")
FROM_PYPI = {"sslyze": "6.3.1", "impacket": "0.13.1", "aardwolf": "0.2.16"}
FROM_DEBIAN = {"nmap": "nmap", "xfreerdp": "freerdp2-x11", "xfreerdp3": "freerdp3-x11 (backports)"}

# impacket's script knows one port; this asks on another, and changes nothing else of it.
ELSEWHERE = """import runpy, sys
import impacket.examples.utils as utils
port, connect = int(sys.argv.pop(1)), utils.get_connected_socket
utils.get_connected_socket = lambda host, _, *others: connect(host, port, *others)
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")"""

# What can be found out at a sound server.
FINDINGS = ("security", "TLS", "certificate", "NTLM names", "log-on")


@dataclass
class Tool:
    """One that is compared: `command` is given the port, the password, and the folder that it may write into."""

    name: str
    version: Callable[[], str]
    command: Callable[[int, str, str], list[str]]
    read: Callable[[str, str], dict[str, str]]
    # What it says of a server that is broken, in its own words.
    complain: Callable[[str, str], str]
    environment: dict[str, str] = field(default_factory=dict)
    ours: bool = False
    # Whether it logs on.
    proves: bool = False
    # How it ends at a sound server.
    status: int = 0


def found(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    return match[1].strip() if match else None


def present(**findings):
    """Those that were found."""
    return {name.replace("_", " "): value for name, value in findings.items() if value}


def first_json(output):
    return json.JSONDecoder().raw_decode(output.lstrip())[0]


def of_report(output, _folder):
    report = first_json(output)
    negotiation, tls, ntlm = report["negotiation"] or {}, report["tls"] or {}, report["ntlm"] or {}
    certificate = report["certificate"] or {}
    return present(
        security=negotiation.get("selected"), TLS=tls.get("version"),
        certificate=certificate and f"{certificate['subject']}, until {certificate['not_after'][:10]}",
        NTLM_names=ntlm and f"{ntlm['netbios_computer']}, {ntlm['version']}",
    ) | ({"log-on": report["nla"]["result"]} if (report["nla"] or {}).get("result") else {})


def cause(output, _folder):
    first = first_json(output)["causes"][0]
    return f"{first['headline']} [{first['code']}, {first['confidence']}]"


def of_nmap(output, _folder):
    computer, version = found("NetBIOS_Computer_Name: (.*)", output), found("Product_Version: (.*)", output)
    return present(security=found(r"^\|_?\s+(.*): SUCCESS", output), NTLM_names=computer and f"{computer}, {version}")


def complaint_of_nmap(output, _folder):
    return found("(rdp-enum-encryption: ERROR.*)", output)


def of_sslyze(output, _folder):
    (server,) = first_json(output)["server_scan_results"]
    chains = server["scan_result"]["certificate_info"]["result"]["certificate_deployments"]
    leaf = chains[0]["received_certificate_chain"][0]
    return present(TLS=server["connectivity_result"]["highest_tls_version_supported"].removeprefix("TLS_").replace("_", "."),
                   certificate=f"{leaf['subject']['rfc4514_string']}, until {leaf['not_valid_after'][:10]}")


def complaint_of_sslyze(output, _folder):
    return first_json(output)["server_scan_results"][0]["connectivity_error_trace"].strip().splitlines()[-1]


def of_impacket(output, _folder):
    return {"log-on": found(r"^\[[*-]\] (Access .*)", output)}


def complaint_of_impacket(output, folder):
    return found(r"^(\S*(?:Error|Exception)\b.*)", output) or of_impacket(output, folder)["log-on"]


def of_aardwolf(_output, folder):
    """It writes what it has found into files."""
    text = ""
    for name in sorted(os.listdir(os.path.join(folder, "aardwolf"))):
        with open(os.path.join(folder, "aardwolf", name), encoding="utf-8") as file:
            text += file.read()
    verdict, error = found(rf"^{HOST}\t(.*)", text), found(r"(0x[0-9a-f]{8})", text)
    return {"log-on": ", ".join(word for word in (verdict, error) if word)}


def complaint_of_aardwolf(output, folder):
    return of_aardwolf(output, folder)["log-on"]


def of_freerdp(output, _folder):
    """With `+auth-only` it ends where the desktop would begin, or says what it could not do."""
    return {"log-on": error_of_freerdp(output, _folder) or "done"}


def error_of_freerdp(output, _folder):
    """The last is that it was told to go no further."""
    return found(r"(ERRCONNECT_(?!CONNECT_CANCELLED)\w+)", output)


def of_pypi(package):
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return lambda: run(in_venv("python"), "-c", code).stdout.strip()


def in_venv(program):
    return os.path.join(VENV, "bin", program)


def version_of(program, *arguments, **environment):
    return lambda: found(r"(?:version|rdp-probe) (\d\S*)", run(program, *arguments, env=os.environ | environment).stdout)


def freerdp(program, display, status=0):
    def command(port, password, _):
        return [program, f"/v:{HOST}:{port}", f"/u:{USER}", f"/p:{password}", "/cert:ignore", "+auth-only"]

    places = {"DISPLAY": display}
    return Tool(f"{program} +auth-only", version_of(program, "/version", **places), command, of_freerdp, error_of_freerdp, places,
                proves=True, status=status)


def ours(program, depth=None, proves=False):
    """rdp-probe takes no password from its command line: the variable LAB_SECRET has it."""
    arguments = ["check", "--json", *(["--depth", depth] if depth else [])]
    if proves:
        arguments += ["--user", USER, "--password-env", "LAB_SECRET", "--dangerous-any-certificate"]
    name = f"rdp-probe check{f' --depth {depth}' if depth else ''}"
    return Tool(name, version_of(program, "--version"), lambda port, *_: [program, *arguments, f"{HOST}:{port}"], of_report, cause,
                ours=True, proves=proves)


def impacket(port, password, _):
    return [in_venv("python"), "-c", ELSEWHERE, str(port), in_venv("rdp_check.py"), f"{USER}:{password}@{HOST}"]


def aardwolf(port, password, folder):
    return [in_venv("ardpscan"), "-s", "login", "-e", "-o", os.path.join(folder, "aardwolf"),
            f"rdp+ntlm-password://LAB\\{USER}:{password}@{HOST}:{port}", HOST]


def sslyze(port, *_):
    return [in_venv("sslyze"), "--starttls", "rdp", "--certinfo", "--json_out", "-", f"{HOST}:{port}"]


def nmap(port, *_):
    return ["nmap", "-n", "-Pn", "-p", str(port), "--script", "+rdp-enum-encryption,+rdp-ntlm-info", HOST]


def tools(program, display):
    """rdp-probe as deep as the others go, and the others."""
    return [
        ours(program),
        ours(program, "challenge"),
        ours(program, "verify", proves=True),
        # It says by its status, too, that it was told to go no further.
        freerdp("xfreerdp3", display, 131),
        freerdp("xfreerdp", display),
        Tool("impacket rdp_check", of_pypi("impacket"), impacket, of_impacket, complaint_of_impacket, proves=True),
        Tool("aardwolf login", of_pypi("aardwolf"), aardwolf, of_aardwolf, complaint_of_aardwolf, proves=True),
        Tool("sslyze --certinfo", of_pypi("sslyze"), sslyze, of_sslyze, complaint_of_sslyze),
        Tool("nmap, two scripts", version_of("nmap", "--version"), nmap, of_nmap, complaint_of_nmap),
    ]


def absent():
    """What is not there, and how to get it."""
    lacking = [f"{program}: Debian's {package}" for program, package in FROM_DEBIAN.items()
               if find_program(program) == program]
    if not os.path.exists(in_venv("python")):
        wanted = " ".join(f"{name}=={version}" for name, version in FROM_PYPI.items())
        lacking.append(f"{', '.join(FROM_PYPI)}: python3 -m venv {VENV} && {VENV}/bin/pip install {wanted}")
    return lacking
