"""Reads a C header of plain declarations: constants, functions and callbacks, and refuses what it cannot read."""

import re

PREFIX = "rdp_probe_"


def read_header(text):
    """Constants by name; functions and callbacks by name, each as a list of types, of which the first is its result."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL).replace("\\\n", " ")
    constants = {name: number(value) for name, value in re.findall(r"^#define (RDP_PROBE_\w+) +(\S+) *$", text, re.MULTILINE)}
    # What is for C++ alone goes: `extern "C" {` and its end.
    text = re.sub(r"^#ifdef __cplusplus\n.*?^#endif[^\n]*$", " ", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^#[^\n]*$", " ", text, flags=re.MULTILINE)
    functions, callbacks = {}, {}
    # No structure here has another in it.
    for statement in re.findall(r"[^;{}]+(?:\{[^{}]*\}[^;{}]*)?;", text):
        statement = " ".join(statement.strip(" \n;").split())
        if match := re.fullmatch(r"typedef (.+?) ?\(\* ?rdp_probe_(\w+)\) ?\((.*)\)", statement):
            callbacks[match[2]] = [a_type(match[1] + " _"), *map(a_type, parameters(match[3]))]
        elif match := re.fullmatch(r"(\w[\w *]*?) ?\brdp_probe_(\w+) ?\((.*)\)", statement):
            functions[match[2]] = [a_type(match[1] + " _"), *map(a_type, parameters(match[3]))]
        elif not re.match(r"(typedef )?struct rdp_probe_|typedef uint32_t rdp_probe_status$", statement):
            raise ValueError(f"a declaration that is none of those known: {statement}")
    return constants, functions, callbacks


def parameters(text):
    return [] if text in ("", "void") else text.split(",")


def number(value):
    return 2**32 - 1 if value == "UINT32_MAX" else int(value.strip("()").rstrip("uUlL"), 0) if value[-1] != '"' else value


def a_type(declaration):
    """The type of a parameter that has a name, with one blank between its words and a star's meaning kept in place."""
    declaration = re.sub(r"\(\* ?\w+\) ?\[\d+\]$", "* _", declaration.strip())
    declaration = re.sub(r"(\w+) ?\[\d+\]$", r"*\1", declaration)
    words = re.findall(r"\w+|\*", declaration)
    return " ".join(word for word in words[:-1] if word != "struct")
