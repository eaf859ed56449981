"""Says why a Remote Desktop connection does not open: the library librdp_probe, for Python 3.9 and later.

    with Prober(goal="tls", budget=(5, 15)) as prober:
        report = prober.check("ts01.example")
        print(report.ok, report.causes[0].headline)
        for index, outcome in prober.check_all(["ts01", "ts02:3390"], at_once=200):
            print(index, outcome)

One file and the C library, nothing else: the library that the environment variable RDP_PROBE_LIBRARY names, or the one that the
system's loader finds. All of it may be called from any thread, and nothing holds the interpreter's lock while it waits: with
asyncio, `await asyncio.to_thread(prober.check, "ts01.example")`. Times are seconds.

What goes wrong on the way to a server is in its report. A ProbeError says why there is none; a TypeError or a ValueError, that
an argument cannot be meant. Threads are not copied by os.fork: in the child, what was made before is closed.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import dataclasses
import functools
import itertools
import json
import logging
import math
import operator
import os
import queue
import sys
import threading
import time
import types
import typing
import weakref
from typing import TYPE_CHECKING, Annotated, Any, Callable, Generator, Iterable, Iterator, Optional, TypeVar, Union

if sys.version_info >= (3, 11):
    from typing import Unpack
elif TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["CONSTANTS", "Cause", "Certificate", "Connection", "Credentials", "Explanation", "KnownCertificates", "Options",
           "ProbeError", "Prober", "Report", "Windows", "explain", "features", "on_log", "replay", "version"]


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
_FOREVER = CONSTANTS["LIMIT"]["forever"]


def _word(group: str, number: int) -> str:
    """A newer library may have numbers that this module has no word for."""
    return next((word for word, known in CONSTANTS[group].items() if known == number), f"unknown-{number}")


class ProbeError(Exception):
    """Why a call gave nothing: `status` is one of the words of CONSTANTS["STATUS"], `code` the operating system's number
    if there is one, `report` what was seen where a connection was not reached, `written` how much of a write went out."""

    def __init__(self, status: str, text: str, code: int = 0) -> None:
        super().__init__(status, text, code)
        self.status, self.text, self.code = status, text, code
        self.report: Report | None = None
        self.written = 0

    def __str__(self) -> str:
        return f"{self.text} ({self.status})"



# From what Python has to what C takes.

def _choice(group: str) -> Callable[[str], int]:
    def choose(word: str) -> int:
        if word not in CONSTANTS[group]:
            raise ValueError(f"one of {', '.join(CONSTANTS[group])}, not {word!r}")
        return CONSTANTS[group][word]
    return choose


def _protocols(words: str) -> int:
    return sum(set(map(_choice("PROTOCOL"), words.split(",") if isinstance(words, str) else [words])))


def _whole(value: int, low: int = 0, high: int = 2**32 - 1) -> int:
    if not low <= operator.index(value) <= high:
        raise ValueError(f"a number from {low} to {high}, not {value!r}")
    return value


def _milliseconds(seconds: float) -> int:
    return _whole(math.ceil(min(seconds, 1e9) * 1000), high=_FOREVER - 1)


def _text(value: str) -> bytes:
    """What is wrong is said without the text: it may be a password."""
    if not isinstance(value, str):
        raise TypeError(f"text, not {type(value).__name__}")
    with contextlib.suppress(UnicodeEncodeError):
        if b"\0" not in (text := value.encode()):
            return text
    raise ValueError("text that is Unicode, without NUL")


def _text_or_none(value: str | None) -> bytes | None:
    return None if value is None else _text(value)


def _data(value: bytes, length: int | None = None) -> bytes:
    data = bytes(memoryview(value))
    if length not in (None, len(data)):
        raise ValueError(f"{length} bytes, not {len(data)}")
    return data


class KnownCertificates(typing.Protocol):
    """Where certificates are kept for trust="first-use". Both are called from threads of the library, several at once,
    and may use nothing of this module. An exception counts as "cannot say", and is logged."""

    def get(self, target: str) -> bytes | None:
        """The certificate (DER) that the target is known by, None if by none."""

    def put(self, target: str, certificate: bytes) -> bytes | None:
        """Keeps it unless another is there by now; gives what is kept, None if nothing is."""


class Options(typing.TypedDict, total=False):
    """What a Prober can be told; rdp_probe_options_ and the name, in the header, say what of. A choice is a word out of
    CONSTANTS, several protocols are "ssl,hybrid"; a list adds each of its members."""

    goal: Annotated[str, _choice("GOAL")]
    threads: Annotated[int, _whole]
    offer: Annotated[str, _protocols]
    other_offer: Annotated[Union[str, list[str]], _protocols]
    budget: Annotated[tuple[float, float], _milliseconds, _milliseconds]
    family: Annotated[str, _choice("FAMILY")]
    bind: Annotated[str, _text]
    proxy: Annotated[str, _text]
    trust: Annotated[str, _choice("TRUST")]
    roots_pem: Annotated[bytes, _data]
    roots_system: bool
    known: KnownCertificates
    expect: Annotated[Union[str, list[str]], _text]
    fixed_clock: Annotated[int, functools.partial(_whole, low=-(2**63), high=2**63 - 1)]
    server_name: Annotated[Optional[str], _text_or_none]
    client_hello: Annotated[tuple[str, int], _choice("RUNG"), _whole]
    cookie: Annotated[str, _text]
    routing_token: Annotated[str, _text]
    without_negotiation: bool
    restricted_admin: bool
    redirected_authentication: bool
    correlation_id: Annotated[bytes, functools.partial(_data, length=16)]
    preconnection_id: Annotated[int, _whole]
    preconnection_blob: Annotated[str, _text]
    package: Annotated[str, _choice("PACKAGE")]
    service: Annotated[str, _text]
    kdc: Annotated[str, _text]
    dangerous_any_certificate: bool
    dangerous_old_credssp: bool
    same_credentials_for_all: bool
    examine: Annotated[tuple[int, float, float], _whole, _milliseconds, _milliseconds]


# What becomes of the values of each option; nothing of True.
_OPTIONS = {name: getattr(hint, "__metadata__", ())
            for name, hint in typing.get_type_hints(Options, include_extras=True).items()}


def _set(options: int, name: str, value: Any) -> None:
    kinds, function = _OPTIONS[name], getattr(_c, f"options_{name}")
    if not kinds and not isinstance(value, bool):
        raise TypeError(f"{name} takes True or False, not {value!r}")
    for item in value if isinstance(value, list) else [value] if kinds or value else []:
        values = item if isinstance(item, tuple) else (item,) if kinds else ()
        if len(values) != len(kinds):
            raise TypeError(f"{name} takes {len(kinds)} values")
        try:
            arguments = [kind(one) for kind, one in zip(kinds, values)]
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name} takes {error}") from None
        function(options, *arguments, *([len(item)] if name == "roots_pem" else []))


# What is dropped and not closed waits here for the next call that is made on purpose. Python may drop things anywhere: inside a
# callback, where the library must not be called, or under a lock that the end of a probe waits for.
_later: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
_everything: weakref.WeakValueDictionary[int, _Owned] = weakref.WeakValueDictionary()
_numbers = itertools.count(1)
_Self = TypeVar("_Self", bound="_Owned")
_Kind = TypeVar("_Kind")


def _catch_up() -> None:
    with contextlib.suppress(queue.Empty):
        while True:
            _later.get_nowait()()


def _make(function: Callable[..., None], *arguments: object) -> int:
    made = ctypes.c_void_p()
    function(*arguments, made)
    return made.value or 0


def _free(kind: str, handle: int, store: int) -> None:
    getattr(_c, f"{kind}_free")(handle)
    _stores.pop(store, None)


class _Owned:
    """Something of the library: freed once, and not while a call is under way."""

    _kind = ""
    _handle: int | None = None
    _store = 0

    def __init__(self, handle: int) -> None:
        self._calls, self._idle = 0, threading.Condition()
        self._handle = handle
        _everything[next(_numbers)] = self

    @contextlib.contextmanager
    def _used(self) -> Iterator[int]:
        _catch_up()
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
        _catch_up()
        with self._idle:
            handle, self._handle = self._handle, None
            self._idle.wait_for(lambda: self._calls == 0)
        if handle is not None:
            _free(self._kind, handle, self._store)

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if self._handle is not None:
            _later.put(functools.partial(_free, self._kind, self._handle, self._store))


class Credentials(_Owned):
    """A user and a password, or the NT hash of one (16 bytes). The library wipes its copy when this is closed; Python's
    own of the password stays in memory as long as Python likes."""

    _kind = "credentials"

    def __init__(self, user: str, password: str | None = None, *, nt_hash: bytes | None = None,
                 domain: str | None = None) -> None:
        if (password is None) == (nt_hash is None):
            raise TypeError("Credentials takes either a password or an NT hash")
        names = _text(user), _text_or_none(domain)
        if nt_hash is not None:
            super().__init__(_make(_c.credentials_nt_hash, *names, _data(nt_hash, 16)))
        elif password is not None:
            super().__init__(_make(_c.credentials_password, *names, _text(password)))


def _lent(credentials: Credentials | None) -> contextlib.AbstractContextManager[int | None]:
    if not isinstance(credentials, (Credentials, type(None))):
        raise TypeError("credentials takes Credentials")
    return credentials._used() if credentials else contextlib.nullcontext()


@dataclasses.dataclass(frozen=True)
class Cause:
    """What explains a report: `code` ("name-not-found") and `number` are for programs, and stay what they are."""
    code: str
    number: int
    headline: str
    confidence: str
    advice: str = dataclasses.field(repr=False)  # what to do about it, best first, in lines


@dataclasses.dataclass(frozen=True)
class Windows:
    """What the Windows client is expected to show: disconnect reason, extended reason where it is known, how sure."""
    reason: int
    extended: int | None
    confidence: str


@dataclasses.dataclass(frozen=True)
class Certificate:
    """The server's. What cannot be read has no subject, no thumbprint and no validity."""
    subject: str
    sha1: bytes  # the thumbprint that Windows shows
    not_before: int | None  # seconds since 1970, as time.time() has them
    not_after: int | None
    der: bytes = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Report:
    """What a probe saw, and what follows from it. It never changes, and nothing in it belongs to the library."""
    ok: bool  # the goal was reached, and the trust holds
    target: str
    stage: str  # where it ended, and how
    end: str
    end_code: int | None
    end_symbol: str
    stages: tuple[tuple[str, float], ...]  # those that took place, and how long each took
    seconds: float  # how long all of it took
    selected: str | None  # the protocol that the server chose
    tls_version: str | None  # "1.2"
    certificate: Certificate | None
    windows: Windows | None
    nla: str  # what became of the credentials
    causes: tuple[Cause, ...]
    text: str = dataclasses.field(repr=False)  # for people
    markdown: str = dataclasses.field(repr=False)
    transcript: str = dataclasses.field(repr=False)  # for replay()
    _json: str = dataclasses.field(repr=False)

    def json(self) -> dict[str, Any]:
        """All of it, as report-1.schema.json has it."""
        return dict(json.loads(self._json))

    def redacted(self) -> Report:
        """Without names and addresses: to be shown to strangers."""
        handle = _replay(self.transcript)
        try:
            return _report(_make(_c.report_redacted, handle))
        finally:
            _c.report_free(handle)

    def __str__(self) -> str:
        return f"{self.target}: {self.causes[0].headline}"


def _report(handle: int) -> Report:
    """Copies a report of the library, and frees that."""
    def get(what: str, *arguments: object) -> Any:
        return getattr(_c, f"report_{what}")(handle, *arguments)

    def written(what: str, *places: Any) -> list[Any] | None:
        return [place.value for place in places] if get(what, *places) else None

    try:
        code, selected = written("end_code", ctypes.c_int64()), written("selected", ctypes.c_uint32())
        windows = written("windows", ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32())
        der, tls = get("certificate"), get("tls_version")
        begins, ends = written("certificate_validity", ctypes.c_int64(), ctypes.c_int64()) or (None, None)
        times = [(stage, get("stage_us", number) / 1e6) for stage, number in CONSTANTS["STAGE"].items()]
        return Report(
            ok=get("ok") != 0,
            target=get("target"),
            stage=_word("STAGE", get("stage")),
            end=_word("END", get("end")),
            end_code=code[0] if code else None,
            end_symbol=get("end_symbol"),
            stages=tuple((stage, seconds) for stage, seconds in times if seconds),
            seconds=get("total_us") / 1e6,
            selected=_word("PROTOCOL", selected[0]) if selected else None,
            tls_version=f"1.{tls - 0x0301}" if 0x0301 <= tls <= 0x0304 else f"{tls:#06x}" if tls else None,
            certificate=Certificate(get("certificate_subject"), get("certificate_sha1"), begins, ends, der) if der else None,
            windows=Windows(windows[0], None if windows[1] == _FOREVER else windows[1], _word("CONFIDENCE", windows[2]))
            if windows else None,
            nla=_word("NLA", get("nla")),
            causes=tuple(Cause(get("cause_code", index), get("cause", index), get("cause_headline", index),
                               _word("CONFIDENCE", get("cause_confidence", index)), get("cause_advice", index))
                         for index in range(get("causes"))),
            text=get("text"), markdown=get("markdown"), transcript=get("transcript"), _json=get("json"))
    finally:
        _c.report_free(handle)


def _replay(transcript: str | bytes) -> int:
    data = transcript.encode() if isinstance(transcript, str) else _data(transcript)
    return _make(_c.report_replay, data, len(data))


def replay(transcript: str | bytes) -> Report:
    """The report that follows from a stored transcript: the same as then, but for what has been learnt since."""
    return _report(_replay(transcript))


@dataclasses.dataclass(frozen=True)
class Explanation:
    """What is known of something; if nothing is (`found`), the text says what is near."""
    found: bool
    text: str
    _json: str = dataclasses.field(repr=False)

    def json(self) -> dict[str, Any]:
        """The same for programs."""
        return dict(json.loads(self._json))


def explain(query: str) -> Explanation:
    """Explains a number, a symbol, a cause, an event or a claim: "0x904", "certificate-expired", "0x204 0x7"."""
    handle = _make(_c.explain, _text(query))
    try:
        return Explanation(_c.explanation_found(handle) != 0, _c.explanation_text(handle), _c.explanation_json(handle))
    finally:
        _c.explanation_free(handle)


def version() -> str:
    """The version of the library."""
    return str(_c.version())


def features() -> set[str]:
    """What the library was built with: words of CONSTANTS["FEATURE"]."""
    return {word for word, bit in CONSTANTS["FEATURE"].items() if _c.features() & bit}


class Connection(_Owned):
    """An opened connection: one thread may read while another writes, and any may close it."""

    _kind = "connection"

    def __init__(self, handle: int) -> None:
        super().__init__(handle)
        self.report: Report | None = None
        self.selected = _word("PROTOCOL", _c.connection_selected(handle))
        self.flags: int = _c.connection_flags(handle)
        self.is_tls = _c.connection_is_tls(handle) != 0
        self.public_key: bytes = _c.connection_public_key(handle)
        self.public_key_info: bytes = _c.connection_public_key_info(handle)

    def recv(self, size: int = 65_536, timeout: float | None = None) -> bytes:
        """What comes next, at most `size` bytes; none if the server has ended."""
        buffer, count = ctypes.create_string_buffer(_whole(size, 1)), ctypes.c_size_t()
        with self._used() as connection:
            _in_slices(timeout, lambda ms: _c.connection_read(connection, buffer, size, ms, count))
        return buffer.raw[: count.value]

    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Writes all of it; a ProbeError says in `written` how much went out."""
        rest, count = _data(data), ctypes.c_size_t()
        size = len(rest)

        def write(ms: int) -> None:
            nonlocal rest
            try:
                _c.connection_write(connection, rest, len(rest), ms, count)
            finally:
                rest = rest[count.value:]

        try:
            with self._used() as connection:
                _in_slices(timeout, write)
        except ProbeError as error:
            error.written = size - len(rest)
            raise

    def close(self) -> None:
        """Says goodbye; calls under way end with the status closed."""
        with contextlib.suppress(ProbeError), self._used() as connection:
            _c.connection_close(connection)
        super().close()


def _in_slices(timeout: float | None, call: Callable[[int], None]) -> None:
    """Calls with half a second at most, until time is over: Ctrl-C comes through in between."""
    end = math.inf if timeout is None else time.monotonic() + _milliseconds(timeout) / 1000
    while True:
        left = end - time.monotonic()
        try:
            return call(math.ceil(1000 * max(0, min(left, 0.5))))
        except ProbeError as error:
            if error.status != "timeout" or left <= 0.5:
                raise


class Prober(_Owned):
    """Probes, all with the same options. Closing it ends those under way, whose outcome is the status cancelled. One that is
    dropped is closed with the next call of this module."""

    _kind = "prober"

    def __init__(self, **options: Unpack[Options]) -> None:
        _catch_up()
        if unknown := options.keys() - _OPTIONS.keys():
            raise TypeError(f"Prober takes no {', '.join(sorted(unknown))}")
        made, self._store = _c.options_new(), next(_numbers)
        self._tries_everywhere = options.get("same_credentials_for_all", False)
        try:
            for name, value in options.items():
                if name == "known":
                    _stores[self._store] = options["known"]
                    _c.options_known(made, _known_get, _known_put, self._store)
                else:
                    _set(made, name, value)
            super().__init__(_make(_c.prober_new, made))
        finally:
            _c.options_free(made)
            if self._handle is None:
                _stores.pop(self._store, None)

    def check(self, target: str, credentials: Credentials | None = None) -> Report:
        """Probes one target."""
        # In the background, as all that waits: Ctrl-C would have to wait for rdp_probe_run.
        with _Jobs() as jobs:
            self._start(jobs, target, credentials)
            return jobs.result(Report)

    def check_rdp_file(self, file: bytes, credentials: Credentials | None = None) -> Report:
        """Probes what an .rdp file leads to: its content, not its name."""
        data = _data(file)
        with _Jobs() as jobs:
            with self._used() as prober, _lent(credentials) as lent:
                jobs.start(_c.start_rdp_file, prober, data, len(data), lent, _done)
            return jobs.result(Report)

    def check_all(self, targets: Iterable[str], at_once: int = 64,
                  credentials: Credentials | None = None) -> Generator[tuple[int, Report | ProbeError], None, None]:
        """Probes any number of targets and gives each outcome with the index of its target, as they come. Targets are taken,
        and probes begun, as outcomes are asked for: at most `at_once` are under way or wait to be taken. To close the
        generator, or to drop it, ends what is under way."""
        if isinstance(targets, (str, bytes)):
            raise TypeError("check_all takes several targets, check takes one")
        if credentials and not self._tries_everywhere and len(targets := list(targets)) > 1:
            raise ProbeError("invalid-options", "credentials for several targets take same_credentials_for_all")
        coming, room, places = enumerate(targets), _whole(at_once, 1), dict[int, int]()
        with _Jobs() as jobs:
            while True:
                for index, target in itertools.islice(coming, room - len(places)):
                    try:
                        places[self._start(jobs, target, credentials)] = index
                    except ValueError as error:
                        yield index, ProbeError("invalid-target", f"a target is {error}")
                    except ProbeError as error:
                        # The first says it of the list; closed midway, the rest is as what was under way.
                        if error.status != "closed" or index == 0:
                            raise
                        yield index, ProbeError("cancelled", error.text)
                if not places:
                    return
                number, outcome = jobs.next()
                yield places.pop(number), outcome

    def open(self, target: str, credentials: Credentials | None = None) -> Connection:
        """Opens a connection as far as the goal says, and hands it over. The ProbeError of one that is not reached has
        its report."""
        with _Jobs() as jobs:
            with self._used() as prober, _lent(credentials) as lent:
                jobs.start(_c.open_start, prober, _text(target), lent, _opened)
            return jobs.result(Connection)

    def open_rdp_file(self, file: bytes, credentials: Credentials | None = None) -> Connection:
        """As open, to what an .rdp file leads to. Ctrl-C is heard when it is done."""
        data, made, report, error = _data(file), ctypes.c_void_p(), ctypes.c_void_p(), None
        with self._used() as prober, _lent(credentials) as lent:
            try:
                _c.open_rdp_file(prober, data, len(data), lent, made, report)
            except ProbeError as failed:
                error = failed
        outcome = _connection(error, made.value, report.value)
        if isinstance(outcome, ProbeError):
            raise outcome
        return outcome

    def _start(self, jobs: _Jobs, target: str, credentials: Credentials | None) -> int:
        names = (ctypes.c_char_p * 1)(_text(target))
        with self._used() as prober, _lent(credentials) as lent:
            return jobs.start(_c.start, prober, names, 1, 1, lent, _done)


class _Jobs:
    """What one call has under way: jobs of one callback each, which leaves its outcome here. None goes on behind the block."""

    def __init__(self) -> None:
        self.handles: dict[int, int] = {}
        self.outcomes: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()

    def start(self, function: Callable[..., None], *arguments: object) -> int:
        number = next(_numbers)
        _under_way[number] = self
        try:
            self.handles[number] = _make(function, *arguments, number)
        except BaseException:
            del _under_way[number]
            raise
        return number

    def next(self) -> tuple[int, Any]:
        """The number of a job, and its outcome."""
        while self.handles:
            # A wait without end would keep Ctrl-C away on Windows.
            with contextlib.suppress(queue.Empty):
                number, outcome = self.outcomes.get(timeout=0.5)
                self.free(number)
                if not isinstance(outcome, (Report, Connection, ProbeError)):
                    raise outcome
                return number, outcome
        raise ProbeError("closed", "it was under way in the process that this is a fork of")

    def result(self, kind: type[_Kind]) -> _Kind:
        """The one outcome, or as the error that it is."""
        _, outcome = self.next()
        if not isinstance(outcome, kind):
            raise outcome
        return outcome

    def free(self, number: int) -> None:
        _under_way.pop(number, None)
        _c.job_free(self.handles.pop(number))

    def end(self) -> None:
        for handle in self.handles.values():
            _c.job_cancel(handle)
        for number, handle in list(self.handles.items()):
            _c.job_wait(handle, _FOREVER)
            self.free(number)

    def __enter__(self) -> _Jobs:
        return self

    def __exit__(self, *_: object) -> None:
        # A generator may be dropped inside a callback, too.
        if getattr(_here, "is_callback", False):
            _later.put(self.end)
        else:
            self.end()


_logger = logging.getLogger("rdp_probe")
_here = threading.local()
_under_way: dict[int, _Jobs] = {}
_stores: dict[int, KnownCertificates] = {}
_on_log: Callable[[str, str, str], object] | None = None


def on_log(handler: Callable[[str, str, str], object] | None, level: str = "info") -> None:
    """Tells the handler what the library does: level, module, message. For the whole process; None ends it. It is called
    from any thread, and may use nothing of this module."""
    global _on_log
    number = _choice("LOG")(level if handler else "off")
    _on_log = handler
    _c.log(number, _log_callback if handler else _CALLBACKS["log_callback"](), None)


@atexit.register
def _end() -> None:
    """No thread of the library may call into an interpreter that is gone."""
    for reference in _everything.valuerefs():
        if isinstance(owned := reference(), Prober):
            owned.close()
    _catch_up()
    if _on_log:
        on_log(None)


def _forked() -> None:
    """In the child of a fork: what other threads would have to end is left as it lies."""
    global _on_log
    for reference in _everything.valuerefs():
        if owned := reference():
            owned._calls, owned._idle = 0, threading.Condition()
            if not isinstance(owned, Credentials):
                owned._handle = None
    for jobs in _under_way.values():
        jobs.handles.clear()
    _under_way.clear()
    _stores.clear()
    while not _later.empty():
        _later.get_nowait()
    _on_log = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


# The header, for ctypes. What functions take and give, and which: their names in the header are these behind rdp_probe_. Handles
# are pointers to something opaque.
_FUNCTIONS = """
-> u32: abi features
-> i64: last_error_code
-> str: version last_error
-> handle: options_new
status -> str: status_text
u32 log_callback user -> status: log
handle -> nothing: options_free credentials_free prober_free job_free report_free explanation_free connection_free
handle -> u32: report_ok report_stage report_end report_nla report_tls_version
handle -> u32: explanation_found connection_selected connection_flags connection_is_tls
handle -> u64: report_total_us
handle -> size: report_causes job_done
handle -> str: report_target report_end_symbol report_certificate_subject report_json report_text report_markdown report_transcript
handle -> str: explanation_text explanation_json
handle -> bytes: report_certificate report_certificate_sha1 connection_public_key connection_public_key_info
handle -> status: options_roots_system options_without_negotiation options_restricted_admin options_redirected_authentication
handle -> status: options_dangerous_any_certificate options_dangerous_old_credssp options_same_credentials_for_all
handle -> status: job_cancel connection_close
handle u32 -> u64: report_stage_us
handle u32 -> status: options_goal options_threads options_offer options_other_offer options_family options_trust
handle u32 -> status: options_preconnection_id options_package job_wait
handle u32 u32 -> status: options_budget options_client_hello
handle u32 u32 u32 -> status: options_examine
handle i64 -> status: options_fixed_clock
handle size -> u32: report_cause report_cause_confidence
handle size -> str: report_cause_code report_cause_headline report_cause_advice
handle text -> status: options_bind options_proxy options_expect options_server_name options_cookie options_routing_token
handle text -> status: options_preconnection_blob options_service options_kdc
handle data -> status: options_correlation_id
handle data size -> status: options_roots_pem
handle known_get known_put user -> status: options_known
handle i64* -> u32: report_end_code
handle i64* i64* -> u32: report_certificate_validity
handle u32* -> u32: report_selected
handle u32* u32* u32* -> u32: report_windows
handle handle* -> status: prober_new report_redacted
data size handle* -> status: report_replay
text handle* -> status: explain
text text text handle* -> status: credentials_password
text text data handle* -> status: credentials_nt_hash
handle text handle handle* -> status: run
handle text handle handle* handle* -> status: open
handle text handle opened user handle* -> status: open_start
handle texts size size handle done user handle* -> status: start
handle data size handle handle* -> status: run_rdp_file
handle data size handle handle* handle* -> status: open_rdp_file
handle data size handle done user handle* -> status: start_rdp_file
handle buffer size u32 size* -> status: connection_read
handle data size u32 size* -> status: connection_write
"""
_CALLED_BACK = """
user u32 str str -> nothing: log_callback
user text buffer size size* -> u32: known_get
user text buffer size buffer size size* -> u32: known_put
user size status handle -> nothing: done
user status handle handle -> nothing: opened
"""


class _Str(ctypes.Structure):
    """Bytes or text of somebody else."""
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]

    def copy(self) -> bytes:
        return ctypes.string_at(self.ptr, self.len) if self.len else b""

    def text(self) -> str:
        return self.copy().decode("utf-8", "replace")


_KINDS: dict[str, Any] = {
    "nothing": None, "status": ctypes.c_uint32, "u32": ctypes.c_uint32, "u64": ctypes.c_uint64, "i64": ctypes.c_int64,
    "size": ctypes.c_size_t, "handle": ctypes.c_void_p, "text": ctypes.c_char_p, "data": ctypes.c_char_p,
    "buffer": ctypes.c_void_p, "user": ctypes.c_void_p, "str": _Str, "bytes": _Str}
_KINDS |= {f"{kind}*": ctypes.POINTER(_KINDS[kind]) for kind in ("u32", "i64", "size", "handle")}
_KINDS["texts"] = ctypes.POINTER(ctypes.c_char_p)


def _declared(table: str) -> Iterator[tuple[str, list[str], str]]:
    """Names, what each takes, what it gives."""
    for line in table.strip().splitlines():
        signature, _, names = line.partition(":")
        taken, _, given = signature.partition("->")
        for name in names.split():
            yield name, taken.split(), given.strip()


def _error(status: int) -> ProbeError:
    """What this thread's last call failed with."""
    return ProbeError(_word("STATUS", status), _c.last_error() or _c.status_text(status), _c.last_error_code())


def _succeeded(status: int, *_: object) -> None:
    if status:
        raise _error(status)


def _load() -> Any:
    usual = {"win32": "rdp_probe_ffi.dll", "darwin": "librdp_probe.1.dylib"}.get(sys.platform, "librdp_probe.so.1")
    name, loaded = os.environ.get("RDP_PROBE_LIBRARY") or usual, types.SimpleNamespace()
    finish = {"status": _succeeded, "str": lambda given, *_: given.text(), "bytes": lambda given, *_: given.copy()}
    try:
        library = ctypes.CDLL(name)
        if (abi := library.rdp_probe_abi()) != CONSTANTS["LIMIT"]["abi"]:
            raise ImportError(f"{name} has the ABI {abi}, and this module is for {CONSTANTS['LIMIT']['abi']}")
        for function, taken, given in _declared(_FUNCTIONS):
            found = getattr(library, f"rdp_probe_{function}")
            found.restype, found.argtypes = _KINDS[given], [_KINDS[kind] for kind in taken]
            if given in finish:
                found.errcheck = finish[given]
            setattr(loaded, function, found)
    except OSError as error:
        raise ImportError(f"no library {name} ({error}): name it in RDP_PROBE_LIBRARY") from error
    except AttributeError as error:
        raise ImportError(f"{name} is older than this module: {error}") from error
    return loaded


_CALLBACKS: dict[str, Any] = {name: ctypes.CFUNCTYPE(_KINDS[given], *(_KINDS[kind] for kind in taken))
                              for name, taken, given in _declared(_CALLED_BACK)}
_KINDS |= _CALLBACKS
_c = _load()


# The library calls back from threads of its own: always these five, with a number as `user` that leads to whom it concerns. Nothing
# is called after it is gone, and no exception gets out.

def _callback(function: Callable[..., Any]) -> Any:
    def call(*arguments: Any) -> Any:
        before, _here.is_callback = getattr(_here, "is_callback", False), True
        try:
            return function(*arguments)
        finally:
            _here.is_callback = before
    return _CALLBACKS[function.__name__[1:]](call)


def _came(number: int, outcome: Callable[[], object]) -> None:
    try:
        seen = outcome()
    except BaseException as error:
        seen = error
    if jobs := _under_way.get(number):
        jobs.outcomes.put((number, seen))


@_callback
def _done(user: int, _: int, status: int, report: int | None) -> None:
    _came(user, lambda: _report(report) if report else _error(status))


def _connection(error: ProbeError | None, connection: int | None, report: int | None) -> Connection | ProbeError:
    made = Connection(connection) if connection else error or ProbeError("panic", "no connection came")
    made.report = _report(report) if report else None
    return made


@_callback
def _opened(user: int, status: int, connection: int | None, report: int | None) -> None:
    _came(user, lambda: _connection(_error(status) if status else None, connection, report))


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


@_callback
def _known_get(user: int, target: bytes, *place: Any) -> int:
    return _kept(user, lambda store: store.get(target.decode()), *place)


@_callback
def _known_put(user: int, target: bytes, der: int, size: int, *place: Any) -> int:
    return _kept(user, lambda store: store.put(target.decode(), ctypes.string_at(der, size)), *place)


@_callback
def _log_callback(_: int, level: int, target: _Str, message: _Str) -> None:
    try:
        if handler := _on_log:
            handler(_word("LOG", level), target.text(), message.text())
    except BaseException:
        _logger.exception("the handler of on_log failed")
