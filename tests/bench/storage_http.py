"""storage.md's bars over HTTP: the original of a record, asked of a real server, beside the same over plain files.

Two servers run as `serve` starts its own, on one instance; in the other one only what custody opens is exchanged
(`plain_server`). Requests go to both in turn, in blocks, over kept connections of one signed-in person. CPU is that of
each server's processes; what the reader of this answer spends does not count.
"""

import contextlib
import http.client
import io
import os
import random
import socket
import statistics
import subprocess
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.bench.instance import scratch_databases
from tests.bench.rows import Row

BIG = 200 * 1000 * 1000
SMALL = 200 * 1000
RANGE = 1000
ROUNDS = 7
OURS, PLAIN = "vault.project.wsgi:application", "tests.bench.plain_server:application"
ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
TICK = 1 / os.sysconf("SC_CLK_TCK")


def rows(*, quick: bool = False) -> list[Row]:
    """The table. Quick: a tenth of the big file and three rounds."""
    from django.test.utils import setup_test_environment

    setup_test_environment()
    big, rounds = (BIG // 10, 3) if quick else (BIG, ROUNDS)
    with scratch_databases(), tempfile.TemporaryDirectory(dir="/dev/shm") as plain:
        large, small, cookie = _file_both(big, Path(plain))
        with _server(PLAIN, plain) as clear, _server(OURS, plain) as ours:
            arms = tuple(Arm(port, pid, cookie) for port, pid in (clear, ours))
            return [
                *_whole_rows(arms, large, big, rounds),
                _range_row(arms, large, big, rounds),
                _small_row(arms, small, rounds),
            ]


@dataclass
class Arm:
    """One server and the connection of a reader to it."""

    port: int
    pid: int
    cookie: str
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Anew, since the server closes what was idle while the other one was asked."""
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, address: str, span: str = "", *, keep: bool = False) -> tuple[int, bytes, float]:
        """Status, the body (empty unless `keep`), and seconds until its first byte. The body is read to its end."""
        headers = {"Host": f"localhost:{self.port}", "Cookie": self.cookie}
        if span:
            headers["Range"] = span
        asked = time.monotonic()
        self._connection.request("GET", address, headers=headers)
        answer = self._connection.getresponse()
        first = answer.read(1)
        waited = time.monotonic() - asked
        kept, piece = io.BytesIO(first), memoryview(bytearray(1 << 20))
        kept.seek(0, io.SEEK_END)
        length = len(first)
        while count := answer.readinto(piece):
            length += count
            if keep:
                kept.write(piece[:count])
        assert length == int(answer.headers["Content-Length"]), "the body was cut off"
        return answer.status, kept.getvalue() if keep else b"", waited

    def spent(self, work: Callable[[], object]) -> float:
        """CPU seconds of the server's processes while `work` ran."""
        self.connect()
        before = _cpu(self.pid)
        work()
        return _cpu(self.pid) - before


Arms = tuple[Arm, ...]


def _whole_rows(arms: Arms, address: str, size: int, rounds: int) -> Iterator[Row]:
    _same(arms, address)
    times = _blocks(arms, rounds, lambda arm: arm.get(address), 3)
    reference, mine = (statistics.median(each) for each in times)
    yield Row(
        f"GET of {size // 1_000_000} MB, CPU of the server, median of {rounds} x 3",
        f"{mine * 1000:.0f} ms",
        f"{reference * 1000:.0f} ms the same view over the plain file",
        reference / mine,
        ">= 0.6 x",
        reference / mine >= 0.6,
    )
    arms[1].connect()
    waits = sorted(arms[1].get(address)[2] for _ in range(3 * rounds))
    middle = statistics.median(waits)
    yield Row(
        f"first byte of {size // 1_000_000} MB, median of {len(waits)}",
        f"{middle * 1000:.1f} ms (slowest {waits[-1] * 1000:.1f} ms)",
        "",
        middle / 0.1,
        "< 100 ms",
        middle < 0.1,
    )


def _range_row(arms: Arms, address: str, size: int, rounds: int) -> Row:
    chance = random.Random(3)

    def ask(arm: Arm) -> None:
        start = chance.randrange(size - RANGE)
        status, _body, _first = arm.get(address, f"bytes={start}-{start + RANGE - 1}")
        assert status == 206, status

    _same(arms, address, f"bytes={size // 2 + 1}-{size // 2 + RANGE}")
    return _slower_row(f"range of 1 KB in {size // 1_000_000} MB, answered 206", arms, rounds, ask)


def _small_row(arms: Arms, address: str, rounds: int) -> Row:
    _same(arms, address)
    return _slower_row("GET of 200 KB", arms, rounds, lambda arm: arm.get(address))


def _slower_row(what: str, arms: Arms, rounds: int, ask: Callable[[Arm], object]) -> Row:
    times = _blocks(arms, rounds, ask, 100)
    reference, mine = (statistics.median(each) for each in times)
    return Row(
        f"{what}, CPU of the server, median of {rounds} x 100",
        f"{mine * 1000:.2f} ms",
        f"{reference * 1000:.2f} ms the same view over the plain file",
        mine / reference,
        "<= 1.5 x",
        mine / reference <= 1.5,
    )


def _blocks(arms: Arms, rounds: int, ask: Callable[[Arm], object], count: int) -> tuple[list[float], ...]:
    """CPU seconds a request, one figure a block, blocks of both arms in turn."""
    found: tuple[list[float], ...] = tuple([] for _ in arms)
    for arm in arms:
        arm.connect()
        for _ in range(8):  # both processes of a server have their modules and statements by then
            ask(arm)
    for _ in range(rounds):
        for arm, times in zip(arms, found, strict=True):
            times.append(arm.spent(lambda arm=arm: [ask(arm) for _ in range(count)]) / count)
    return found


def _same(arms: Arms, address: str, span: str = "") -> None:
    for arm in arms:
        arm.connect()
    answers = [arm.get(address, span, keep=True)[:2] for arm in arms]
    assert answers[0] == answers[1], "the two arms answer differently"
    assert answers[0][0] == (206 if span else 200), answers[0][0]


def _file_both(big: int, plain: Path) -> tuple[str, str, str]:
    """File a long and a short recording, lay their bytes beside; the originals' addresses and a session's cookie."""
    from django.conf import settings

    from tests.support.archive import Archive, file
    from vault.holdings.models import ComponentVersion

    archive = Archive()
    addresses = []
    for size in (big, SMALL):
        body = _recording(size)
        record = file(archive, archive.clerk, ("录音.wav", body), label="open", register_now="on").record
        version = ComponentVersion.objects.get(component__record=record)
        assert bytes(version.digest) == sha256(body).digest()
        (plain / version.key_slot_id.hex).write_bytes(body)
        addresses.append(f"/records/{record.pk}/components/{version.component_id}/original")
    session = archive.client(archive.clerk).cookies[settings.SESSION_COOKIE_NAME].value
    return addresses[0], addresses[1], f"{settings.SESSION_COOKIE_NAME}={session}"


def _recording(size: int) -> bytes:
    """A recording of noise of exactly `size` bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(os.urandom(size - 44))
    return out.getvalue()


@contextlib.contextmanager
def _server(application: str, plain: str) -> Iterator[tuple[int, int]]:
    """A web server as `serve` starts it; yields its port and process."""
    from vault.project.management.commands.serve import web_command

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = web_command(port, 2, 4)
    assert OURS in command, "serve starts something else by now"
    command[command.index(OURS)] = application
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "JINGUI_BENCH_PLAIN": plain})
    try:
        _wait(server, port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health/", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not answer")


def _cpu(pid: int) -> float:
    """User and system seconds of a process and all its descendants; what the kernel reports is cut to 10 ms each."""
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return sum(int(ticks) for ticks in own[11:15]) * TICK + sum(_cpu(int(child)) for child in children)
