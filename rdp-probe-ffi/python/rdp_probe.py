"""Says why a Remote Desktop connection does not open: the library librdp_probe, for Python 3.9 and later.

    with Prober(goal="tls", budget=(5_000, 15_000)) as prober:
        report = prober.check("ts01.example")
        print(report.ok, report.causes[0].headline)
        for index, outcome in prober.check_all(["ts01", "ts02:3390"], at_once=200):
            print(index, outcome)

One file and the C library, nothing else. The library is the one that the environment variable RDP_PROBE_LIBRARY names,
or the one that the system finds. All of it may be called from any thread, and nothing holds the interpreter's lock
while it waits: with asyncio, `await asyncio.to_thread(prober.check, "ts01.example")`. What goes wrong on the way to a
server is in its report; a ProbeError says why there is none.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import ctypes.util
import dataclasses
import itertools
import json
import logging
import os
import queue
import sys
import threading
import types
import weakref
from typing import TYPE_CHECKING, Any, Callable, Generator, Iterable, Iterator, Protocol, TypedDict

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack


def _numbered(words: str, start: int = 1) -> dict[str, int]:
    return {word: number for number, word in enumerate(words.split(), start)}


# What the header has as RDP_PROBE_GOAL_TLS and so on; STATUS, CONFIDENCE and LIMIT are no part of its names.
CONSTANTS = {
    "STATUS": _numbered("ok invalid-argument invalid-target invalid-options invalid-input unsupported cancelled "
                        "not-reached timeout closed io in-callback system panic", 0),
    "LIMIT": {"abi": 1, "forever": 2**32 - 1},
    "FEATURE": {"nla": 1, "system-roots": 2, "idn": 4, "log": 8},
    "LOG": _numbered("off error warn info debug trace", 0),
    "GOAL": _numbered("negotiate hello tls challenge verify delegate chosen"),
    "PROTOCOL": {"rdp": 0, "ssl": 1, "hybrid": 2, "rdstls": 4, "hybrid_ex": 8, "rdsaad": 16},
    "FAMILY": _numbered("any prefer-v4 prefer-v6 only-v4 only-v6"),
    "TRUST": _numbered("observe strict first-use"),
    "RUNG": _numbered("wide tls12 tls13 nothing"),
    "PACKAGE": _numbered("ntlm spnego kerberos"),
    "KNOWN": _numbered("nothing certificate unavailable"),
    "STAGE": _numbered("resolve connect proxy negotiate tls kerberos nla"),
    "END": _numbered("complete fin reset timeout alert refusal denied untrusted malformed os proxy-refusal rejected "
                     "unauthorized security kdc-refusal"),
    "NLA": _numbered("none verified rejected rejected-by-kdc not-authorized not-verifiable unknown", 0),
    "CONFIDENCE": _numbered("certain likely possible"),
}


class _Str(ctypes.Structure):
    """rdp_probe_str and rdp_probe_bytes: bytes of somebody else."""
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def copy(self) -> bytes:
        return ctypes.string_at(self.ptr, self.len) if self.len else b""

    def text(self) -> str:
        return self.copy().decode("utf-8", "replace")


# What C calls the arguments, in a word each: "report" is a pointer to one, "report*" where to put such a pointer.
_HANDLES = ("options", "credentials", "prober", "job", "report", "explanation", "connection")
_SIZES = ctypes.POINTER(ctypes.c_size_t)
_KINDS: dict[str, Any] = {
    "nothing": None, "status": ctypes.c_uint32, "u32": ctypes.c_uint32, "u64": ctypes.c_uint64, "i64": ctypes.c_int64,
    "size": ctypes.c_size_t, "u32*": ctypes.POINTER(ctypes.c_uint32), "i64*": ctypes.POINTER(ctypes.c_int64),
    "size*": _SIZES, "text": ctypes.c_char_p, "texts": ctypes.POINTER(ctypes.c_char_p), "data": ctypes.c_char_p,
    "buffer": ctypes.c_void_p, "user": ctypes.c_void_p, "str": _Str, "bytes": _Str,
    **dict.fromkeys(_HANDLES, ctypes.c_void_p), **{f"{kind}*": ctypes.POINTER(ctypes.c_void_p) for kind in _HANDLES},
}
_CALLBACKS = {
    "log_callback": "nothing user u32 str str",
    "known_get": "u32 user text buffer size size*",
    "known_put": "u32 user text buffer size buffer size size*",
    "done": "nothing user size status report",
    "opened": "nothing user status connection report",
}
_KINDS |= {name: ctypes.CFUNCTYPE(*(_KINDS[kind] for kind in kinds.split())) for name, kinds in _CALLBACKS.items()}
# Every function of the header without its rdp_probe_: what it gives, its name, what it takes.
_FUNCTIONS = """
u32 abi; str version; u32 features; str last_error; i64 last_error_code; str status_text status
status log u32 log_callback user
options options_new; nothing options_free options
status options_goal options u32; status options_offer options u32; status options_other_offer options u32
status options_budget options u32 u32; status options_family options u32; status options_bind options text
status options_proxy options text; status options_trust options u32; status options_roots_pem options data size
status options_roots_system options; status options_known options known_get known_put user
status options_expect options text; status options_fixed_clock options i64; status options_server_name options text
status options_client_hello options u32 u32; status options_cookie options text
status options_routing_token options text; status options_without_negotiation options
status options_restricted_admin options; status options_redirected_authentication options
status options_correlation_id options data; status options_preconnection_id options u32
status options_preconnection_blob options text; status options_package options u32; status options_service options text
status options_kdc options text; status options_dangerous_any_certificate options
status options_dangerous_old_credssp options; status options_same_credentials_for_all options
status options_examine options u32 u32 u32
status credentials_password text text text credentials*; status credentials_nt_hash text text data credentials*
nothing credentials_free credentials
status prober_new options prober*; nothing prober_free prober
status run prober text credentials report*; status run_rdp_file prober data size credentials report*
status start prober texts size size credentials done user job*
status job_cancel job; status job_wait job u32; size job_done job; nothing job_free job
u32 report_ok report; str report_target report; u32 report_stage report; u32 report_end report
u32 report_end_code report i64*; str report_end_symbol report
u64 report_stage_us report u32; u64 report_total_us report
u32 report_selected report u32*; u32 report_windows report u32* u32* u32*; u32 report_nla report
size report_causes report; u32 report_cause report size; str report_cause_code report size
str report_cause_headline report size; u32 report_cause_confidence report size; bytes report_certificate report
str report_json report; str report_text report; str report_markdown report; str report_transcript report
status report_redacted report report*; status report_replay data size report*; nothing report_free report
status explain text explanation*; u32 explanation_found explanation; str explanation_text explanation
str explanation_json explanation; nothing explanation_free explanation
status open prober text credentials connection* report*
status open_start prober text credentials opened user job*
u32 connection_selected connection; u32 connection_flags connection; u32 connection_is_tls connection
bytes connection_public_key connection; bytes connection_public_key_info connection
status connection_read connection buffer size u32 size*; status connection_write connection data size u32 size*
status connection_close connection; nothing connection_free connection
"""
_LINES = _FUNCTIONS.strip().replace("\n", ";").split(";")
PROTOTYPES = {words[1]: (words[0], words[2:]) for words in map(str.split, _LINES)}


def _load() -> Any:
    usual = {"win32": "rdp_probe_ffi.dll", "darwin": "librdp_probe.1.dylib"}.get(sys.platform, "librdp_probe.so.1")
    name = os.environ.get("RDP_PROBE_LIBRARY") or ctypes.util.find_library("rdp_probe") or usual
    try:
        library, loaded = ctypes.CDLL(name), types.SimpleNamespace()
        library.rdp_probe_abi.restype = ctypes.c_uint32
        if (abi := library.rdp_probe_abi()) != CONSTANTS["LIMIT"]["abi"]:
            raise ImportError(f"{name} has the ABI {abi}, and this module is for {CONSTANTS['LIMIT']['abi']}")
        for function, (result, arguments) in PROTOTYPES.items():
            found = getattr(library, f"rdp_probe_{function}")
            found.restype, found.argtypes = _KINDS[result], [_KINDS[kind] for kind in arguments]
            setattr(loaded, function, found)
    except OSError as error:
        raise ImportError(f"no library {name} ({error}): name it in RDP_PROBE_LIBRARY") from error
    except AttributeError as error:
        raise ImportError(f"{name} is older than this module: {error}") from error
    return loaded


_c = _load()


class ProbeError(Exception):
    """Why a call gave nothing: `status` is one of the words of CONSTANTS["STATUS"], `code` the operating system's number
    if there is one, `report` what was seen where a connection was not reached, `written` how much of a write went out."""

    def __init__(self, status: str, text: str, code: int = 0) -> None:
        super().__init__(f"{text} ({status})")
        self.status, self.text, self.code = status, text, code
        self.report: Report | None = None
        self.written = 0


def _word(group: str, number: int) -> str:
    """A newer library may have numbers that this module has no word for."""
    return next((word for word, known in CONSTANTS[group].items() if known == number), f"unknown-{number}")


def _error(status: int) -> ProbeError:
    """What this thread's last call failed with."""
    text = _c.last_error().text() or _c.status_text(status).text()
    return ProbeError(_word("STATUS", status), text, _c.last_error_code())


def _ask(function: str, *arguments: object) -> None:
    if status := getattr(_c, function)(*arguments):
        raise _error(status)


def _make(function: str, *arguments: object) -> int:
    made = ctypes.c_void_p()
    _ask(function, *arguments, ctypes.byref(made))
    return made.value or 0


def _wrong(what: str) -> ProbeError:
    return ProbeError("invalid-argument", what)


def _number(what: str, value: object, low: int = 0, high: int = 2**32 - 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _wrong(f"{what} takes a whole number from {low} to {high}, not {value!r}")
    return value


def _choice(what: str, group: str, value: object) -> int:
    if not isinstance(value, str) or value not in CONSTANTS[group]:
        raise _wrong(f"{what} takes one of {', '.join(CONSTANTS[group])}, not {value!r}")
    return CONSTANTS[group][value]


def _text(what: str, value: object) -> bytes:
    """What is wrong is said without the text: it may be a password."""
    if not isinstance(value, str) or "\0" in value:
        raise _wrong(f"{what} takes text without NUL")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise _wrong(f"{what} takes text that is Unicode") from None


def _data(what: str, value: object, length: int | None = None) -> bytes:
    if not isinstance(value, (bytes, bytearray, memoryview)) or length not in (None, len(value)):
        raise _wrong(f"{what} takes {'' if length is None else f'{length} '}bytes")
    return bytes(value)


def _milliseconds(what: str, seconds: float | None) -> int:
    if seconds is None:
        return CONSTANTS["LIMIT"]["forever"]
    if not isinstance(seconds, (int, float)) or not 0 <= seconds < 4_000_000:
        raise _wrong(f"{what} takes seconds, or None for ever, not {seconds!r}")
    return round(seconds * 1000)


class KnownCertificates(Protocol):
    """Where certificates are kept for trust="first-use". Both are called from threads of the library, several at once,
    and may use nothing of this module. An exception counts as "cannot say", and is logged."""

    def get(self, target: str) -> bytes | None:
        """The certificate (DER) that the target is known by, None if by none."""

    def put(self, target: str, certificate: bytes) -> bytes | None:
        """Keeps it unless another is there by now; gives what is kept, None if nothing is."""


class Options(TypedDict, total=False):
    """What a Prober can be told; rdp_probe_options_ and the name, in the header, say what of. A choice is a word out of
    CONSTANTS, several protocols are "ssl,hybrid"; a list adds each of its members."""

    goal: str
    offer: str
    other_offer: str | list[str]
    budget: tuple[int, int]
    family: str
    bind: str
    proxy: str
    trust: str
    roots_pem: bytes
    roots_system: bool
    known: KnownCertificates
    expect: str | list[str]
    fixed_clock: int
    server_name: str | None
    client_hello: tuple[str, int]
    cookie: str
    routing_token: str
    without_negotiation: bool
    restricted_admin: bool
    redirected_authentication: bool
    correlation_id: bytes
    preconnection_id: int
    preconnection_blob: str
    package: str
    service: str
    kdc: str
    dangerous_any_certificate: bool
    dangerous_old_credssp: bool
    same_credentials_for_all: bool
    examine: tuple[int, int, int]


_GROUPS = {"goal": "GOAL", "family": "FAMILY", "trust": "TRUST", "client_hello": "RUNG", "package": "PACKAGE"}


def _arguments(name: str, value: Any) -> Iterator[list[object]]:
    """The arguments of each call that an option stands for."""
    kinds = PROTOTYPES[f"options_{name}"][1][1:]
    if not kinds:
        if not isinstance(value, bool):
            raise _wrong(f"{name} takes True or False, not {value!r}")
        if value:
            yield []
        return
    for item in value if isinstance(value, list) else [value]:
        values = item if isinstance(item, tuple) else (item,)
        if len(values) != len(kinds) - ("size" in kinds):
            raise _wrong(f"{name} takes {len(kinds)} values")
        if kinds[0] == "text":
            yield [None if item is None else _text(name, item)]
        elif kinds[0] == "data":
            data = _data(name, item, None if "size" in kinds else 16)
            yield [data, len(data)] if "size" in kinds else [data]
        elif name.endswith("offer"):
            words = item.split(",") if isinstance(item, str) else [item]
            yield [sum({_choice(name, "PROTOCOL", word) for word in words})]
        elif name in _GROUPS:
            yield [_choice(name, _GROUPS[name], values[0]), *(_number(name, number) for number in values[1:])]
        elif kinds[0] == "i64":
            yield [_number(name, item, -(2**63), 2**63 - 1)]
        else:
            yield [_number(name, number) for number in values]


class _Owned:
    """Something of the library: freed once, and not while a call is under way."""

    _kind = ""
    _handle: int | None = None

    def __init__(self, handle: int) -> None:
        self._calls, self._idle = 0, threading.Condition()
        self._handle = handle

    @contextlib.contextmanager
    def _used(self) -> Iterator[int]:
        with self._idle:
            if self._handle is None:
                raise ProbeError("closed", f"the {self._kind} is closed")
            handle, self._calls = self._handle, self._calls + 1
        try:
            yield handle
        finally:
            with self._idle:
                self._calls -= 1
                self._idle.notify_all()

    def close(self) -> None:
        """Gives it back, when the calls under way have ended. Once more does nothing."""
        if self._handle is None:
            return
        with self._idle:
            handle, self._handle = self._handle, None
            self._idle.wait_for(lambda: self._calls == 0)
        if handle is not None:
            getattr(_c, f"{self._kind}_free")(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class Credentials(_Owned):
    """A user and a password, or the NT hash of one (16 bytes). The library wipes its copy when this is closed; Python's
    own of the password stays in memory as long as Python likes."""

    _kind = "credentials"

    def __init__(self, user: str, password: str | None = None, *, nt_hash: bytes | None = None,
                 domain: str | None = None) -> None:
        if (password is None) == (nt_hash is None):
            raise _wrong("credentials take either a password or an NT hash")
        secret = _data("nt_hash", nt_hash, 16) if password is None else _text("password", password)
        names = _text("user", user), None if domain is None else _text("domain", domain)
        super().__init__(_make("credentials_nt_hash" if password is None else "credentials_password", *names, secret))


@dataclasses.dataclass(frozen=True)
class Cause:
    """What explains a report: `code` ("name-not-found") and `number` are for programs, and stay what they are."""
    code: str
    number: int
    headline: str
    confidence: str


@dataclasses.dataclass(frozen=True)
class Windows:
    """What the Windows client is expected to show: disconnect reason, extended reason where it is known, how sure."""
    reason: int
    extended: int | None
    confidence: str


@dataclasses.dataclass(frozen=True)
class Report:
    """What a probe saw, and what follows from it. Nothing in it belongs to the library."""
    ok: bool  # the goal was reached, and the trust holds
    target: str
    stage: str  # where it ended, and how
    end: str
    end_code: int | None
    end_symbol: str
    stage_us: dict[str, int] = dataclasses.field(hash=False)  # microseconds of the stages that took place
    total_us: int
    selected: str | None  # the protocol that the server chose
    windows: Windows | None
    nla: str  # what became of the credentials
    causes: tuple[Cause, ...]
    certificate: bytes = dataclasses.field(repr=False)  # of the server, DER
    text: str = dataclasses.field(repr=False)  # for people
    markdown: str = dataclasses.field(repr=False)
    transcript: str = dataclasses.field(repr=False)  # for replay()
    json_text: str = dataclasses.field(repr=False)

    def json(self) -> dict[str, Any]:
        """All of it, as report-1.schema.json has it."""
        return dict(json.loads(self.json_text))

    def redacted(self) -> Report:
        """Without names and addresses: to be shown to strangers."""
        handle = _replay(self.transcript)
        try:
            return _report(_make("report_redacted", handle))
        finally:
            _c.report_free(handle)

    def __str__(self) -> str:
        return self.text


def _report(handle: int) -> Report:
    """Copies a report of the library, and frees that."""
    try:
        code, selected = ctypes.c_int64(), ctypes.c_uint32()
        windows = [ctypes.c_uint32() for _ in range(3)]
        has_code, has_selected = _c.report_end_code(handle, code), _c.report_selected(handle, selected)
        has_windows = _c.report_windows(handle, *windows)
        reason, extended, confidence = (number.value for number in windows)
        times = {stage: _c.report_stage_us(handle, number) for stage, number in CONSTANTS["STAGE"].items()}
        return Report(
            ok=_c.report_ok(handle) != 0,
            target=_c.report_target(handle).text(),
            stage=_word("STAGE", _c.report_stage(handle)),
            end=_word("END", _c.report_end(handle)),
            end_code=code.value if has_code else None,
            end_symbol=_c.report_end_symbol(handle).text(),
            stage_us={stage: time for stage, time in times.items() if time},
            total_us=_c.report_total_us(handle),
            selected=_word("PROTOCOL", selected.value) if has_selected else None,
            windows=Windows(reason, None if extended == 2**32 - 1 else extended, _word("CONFIDENCE", confidence))
            if has_windows else None,
            nla=_word("NLA", _c.report_nla(handle)),
            causes=tuple(
                Cause(_c.report_cause_code(handle, index).text(), _c.report_cause(handle, index),
                      _c.report_cause_headline(handle, index).text(),
                      _word("CONFIDENCE", _c.report_cause_confidence(handle, index)))
                for index in range(_c.report_causes(handle))),
            certificate=_c.report_certificate(handle).copy(),
            text=_c.report_text(handle).text(),
            markdown=_c.report_markdown(handle).text(),
            transcript=_c.report_transcript(handle).text(),
            json_text=_c.report_json(handle).text(),
        )
    finally:
        _c.report_free(handle)


def _replay(transcript: str | bytes) -> int:
    data = transcript.encode() if isinstance(transcript, str) else _data("transcript", transcript)
    return _make("report_replay", data, len(data))


def replay(transcript: str | bytes) -> Report:
    """The report that follows from a stored transcript: the same as then, but for what has been learnt since."""
    return _report(_replay(transcript))


@dataclasses.dataclass(frozen=True)
class Explanation:
    """What is known of something; if nothing is (`found`), the text says what is near."""
    found: bool
    text: str
    json_text: str = dataclasses.field(repr=False)

    def json(self) -> dict[str, Any]:
        """The same for programs."""
        return dict(json.loads(self.json_text))


def explain(query: str) -> Explanation:
    """Explains a number, a symbol, a cause, an event or a claim: "0x904", "certificate-expired", "0x204 0x7"."""
    handle = _make("explain", _text("query", query))
    try:
        return Explanation(_c.explanation_found(handle) != 0, _c.explanation_text(handle).text(),
                           _c.explanation_json(handle).text())
    finally:
        _c.explanation_free(handle)


def version() -> str:
    """The version of the library."""
    return str(_c.version().text())


def features() -> set[str]:
    """What the library was built with: words of CONSTANTS["FEATURE"]."""
    return {word for word, bit in CONSTANTS["FEATURE"].items() if _c.features() & bit}


# The library calls back from threads of its own. It gets the same five C functions each time, which live as long as this
# module, and as `user` a number that leads to whom it concerns: nothing is called after it is gone, and no exception
# gets out.
_logger = logging.getLogger("rdp_probe")
_numbers = itertools.count(1)
_pending: dict[int, _Pending] = {}
_stores: dict[int, KnownCertificates] = {}
_on_log: Callable[[str, str, str], object] | None = None


def _callback(kind: str) -> Callable[[Callable[..., object]], Any]:
    return lambda function: _KINDS[kind](function)


class _Pending:
    """Outcomes that are to come."""

    def __init__(self, count: int) -> None:
        self.left, self.outcomes = count, queue.SimpleQueue[Any]()

    def start(self, function: str, *arguments: object) -> int:
        """Starts what ends in callbacks; gives the job."""
        number = next(_numbers)
        if self.left:
            _pending[number] = self
        try:
            return _make(function, *arguments, number)
        except ProbeError:
            _pending.pop(number, None)
            raise

    def next(self) -> Any:
        while True:
            # A wait without end would keep Ctrl-C away on Windows.
            with contextlib.suppress(queue.Empty):
                return self.outcomes.get(timeout=0.5)


def _came(number: int, index: int, outcome: Callable[[], object]) -> None:
    pending = _pending[number]
    try:
        seen = outcome()
    except BaseException as error:
        seen = error
    pending.left -= 1
    if pending.left == 0:
        del _pending[number]
    pending.outcomes.put((index, seen))


@_callback("done")
def _done(user: int, index: int, status: int, report: int | None) -> None:
    _came(user, index, lambda: _report(report) if report else _error(status))


@_callback("opened")
def _opened(user: int, status: int, connection: int | None, report: int | None) -> None:
    def outcome() -> object:
        error = _error(status) if status else None
        made = Connection(connection) if connection else None
        seen = _report(report) if report else None
        if error or not made:
            error = error or ProbeError("panic", "no connection came")
            error.report = seen
            return error
        made.report = seen
        return made
    _came(user, 0, outcome)


def _kept(user: int, ask: Callable[[KnownCertificates], bytes | None], buffer: int, capacity: int, length: Any) -> int:
    try:
        certificate = ask(_stores[user])
        if certificate is None:
            return CONSTANTS["KNOWN"]["nothing"]
        if len(certificate) > capacity:
            raise ValueError(f"a certificate of {len(certificate)} bytes, and room for {capacity}")
        ctypes.memmove(buffer, certificate, len(certificate))
        length[0] = len(certificate)
        return CONSTANTS["KNOWN"]["certificate"]
    except BaseException:
        _logger.exception("the store of known certificates cannot say")
        return CONSTANTS["KNOWN"]["unavailable"]


@_callback("known_get")
def _known_get(user: int, target: bytes, buffer: int, capacity: int, length: Any) -> int:
    return _kept(user, lambda store: store.get(target.decode()), buffer, capacity, length)


@_callback("known_put")
def _known_put(user: int, target: bytes, der: int, size: int, buffer: int, capacity: int, length: Any) -> int:
    return _kept(user, lambda store: store.put(target.decode(), ctypes.string_at(der, size)), buffer, capacity, length)


_NO_LOG = _KINDS["log_callback"]()


@_callback("log_callback")
def _log(_: int, level: int, target: _Str, message: _Str) -> None:
    try:
        if handler := _on_log:
            handler(_word("LOG", level), target.text(), message.text())
    except BaseException:
        _logger.exception("the handler of on_log failed")


def on_log(handler: Callable[[str, str, str], object] | None, level: str = "info") -> None:
    """Tells the handler what the library does: level, module, message. For the whole process; None ends it. It is called
    from any thread, and may use nothing of this module."""
    global _on_log
    number = _choice("level", "LOG", level if handler else "off")
    _on_log = handler
    _ask("log", number, _log if handler else _NO_LOG, None)


class Connection(_Owned):
    """An opened connection: one thread may read while another writes, and any may close it."""

    _kind = "connection"

    def __init__(self, handle: int) -> None:
        super().__init__(handle)
        self.report: Report | None = None
        self.selected = _word("PROTOCOL", _c.connection_selected(handle))
        self.flags = int(_c.connection_flags(handle))
        self.is_tls = _c.connection_is_tls(handle) != 0
        self.public_key: bytes = _c.connection_public_key(handle).copy()
        self.public_key_info: bytes = _c.connection_public_key_info(handle).copy()

    def recv(self, size: int = 65_536, timeout: float | None = None) -> bytes:
        """What comes next, at most `size` bytes; none if the server has ended. Time in seconds."""
        left, slice_ms = _milliseconds("timeout", timeout), 500
        buffer, count = ctypes.create_string_buffer(_number("size", size, 1)), ctypes.c_size_t()
        with self._used() as connection:
            while True:
                # In slices, as Ctrl-C comes through between them.
                step = min(left, slice_ms)
                status = _c.connection_read(connection, buffer, size, step, count)
                if status == CONSTANTS["STATUS"]["ok"]:
                    return buffer.raw[: count.value]
                if status != CONSTANTS["STATUS"]["timeout"] or left == step:
                    raise _error(status)
                left -= step if timeout is not None else 0

    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Writes all of it; a ProbeError says in `written` how much went out."""
        count, data = ctypes.c_size_t(), _data("data", data)
        with self._used() as connection:
            if status := _c.connection_write(connection, data, len(data), _milliseconds("timeout", timeout), count):
                error = _error(status)
                error.written = count.value
                raise error

    def close(self) -> None:
        """Says goodbye; calls under way end with the status closed."""
        with contextlib.suppress(ProbeError), self._used() as connection:
            _c.connection_close(connection)
        super().close()


class Prober(_Owned):
    """Probes, all with the same options. Closing it ends those under way, whose outcome is the status cancelled.
    Threads are not copied by os.fork: make it behind that."""

    _kind = "prober"
    _store = 0

    def __init__(self, **options: Unpack[Options]) -> None:
        self._store = next(_numbers)
        made = _c.options_new()
        try:
            for name, value in options.items():
                if name not in Options.__annotations__:
                    raise _wrong(f"there is no option {name}")
                if name == "known":
                    _stores[self._store] = options["known"]
                    _ask("options_known", made, _known_get, _known_put, self._store)
                    continue
                for arguments in _arguments(name, value):
                    _ask(f"options_{name}", made, *arguments)
            super().__init__(_make("prober_new", made))
        finally:
            _c.options_free(made)
            if self._handle is None:
                _stores.pop(self._store, None)
        _probers.add(self)

    def close(self) -> None:
        super().close()
        _stores.pop(self._store, None)

    def check(self, target: str, credentials: Credentials | None = None) -> Report:
        """Probes one target."""
        # Not with rdp_probe_run, which Ctrl-C would have to wait for.
        with contextlib.closing(self.check_all([target], 1, credentials)) as outcomes:
            _, outcome = next(outcomes)
        if isinstance(outcome, ProbeError):
            raise outcome
        return outcome

    def check_rdp_file(self, file: bytes, credentials: Credentials | None = None) -> Report:
        """Probes what an .rdp file leads to. Ctrl-C is heard when it is done."""
        file = _data("file", file)
        with self._used() as prober, _lent(credentials) as lent:
            return _report(_make("run_rdp_file", prober, file, len(file), lent))

    def check_all(self, targets: Iterable[str], at_once: int = 64,
                  credentials: Credentials | None = None) -> Generator[tuple[int, Report | ProbeError], None, None]:
        """Probes any number of targets, at most `at_once` at a time (0: the usual), and gives each outcome with the index
        of its target, as they come. It begins when the first is asked for, and outcomes wait in memory until they are.
        To close the generator, or to drop it, ends what is under way."""
        if isinstance(targets, str):
            raise _wrong("check_all takes several targets, check takes one")
        names = [_text("targets", target) for target in targets]
        pending, count = _Pending(len(names)), len(names)
        with self._used() as prober, _lent(credentials) as lent:
            array = (ctypes.c_char_p * count)(*names)
            job = pending.start("start", prober, array, count, _number("at_once", at_once), lent, _done)
        with _ended(job):
            for _ in names:
                index, outcome = pending.next()
                if not isinstance(outcome, (Report, ProbeError)):
                    raise outcome
                yield index, outcome

    def open(self, target: str, credentials: Credentials | None = None) -> Connection:
        """Opens a connection as far as the goal says, and hands it over. The ProbeError of one that is not reached has
        its report."""
        pending = _Pending(1)
        with self._used() as prober, _lent(credentials) as lent:
            job = pending.start("open_start", prober, _text("target", target), lent, _opened)
        with _ended(job):
            _, outcome = pending.next()
        if not isinstance(outcome, Connection):
            raise outcome
        return outcome


def _lent(credentials: Credentials | None) -> contextlib.AbstractContextManager[int | None]:
    if credentials is None:
        return contextlib.nullcontext()
    if not isinstance(credentials, Credentials):
        raise _wrong("credentials takes Credentials")
    return credentials._used()


@contextlib.contextmanager
def _ended(job: int) -> Iterator[None]:
    """Sees to it that nothing of a job goes on behind the block, however that is left."""
    try:
        yield
    finally:
        _c.job_cancel(job)
        _c.job_wait(job, CONSTANTS["LIMIT"]["forever"])
        _c.job_free(job)


_probers: weakref.WeakSet[Prober] = weakref.WeakSet()


@atexit.register
def _end() -> None:
    """No thread of the library may call into an interpreter that is gone."""
    for prober in list(_probers):
        prober.close()
    _c.log(CONSTANTS["LOG"]["off"], _NO_LOG, None)
