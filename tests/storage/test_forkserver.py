"""The fork server: what a job can do, what it cannot, and that everybody's death leaves the others tidy."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage import forkserver
from storage.forkserver import Limits
from storage.forkserver.seccomp import build
from tests.storage.test_forkserver_jobs import HERE

MIB = forkserver.MIB


def run(name, payload=(), args=None, **limits):
    return forkserver.run(HERE + name, payload, args, Limits(**{"wall_seconds": 10.0, **limits}))


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def eventually(condition, seconds=8.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_job_answers_with_what_its_task_returns():
    assert run("echo", [b"one ", b"two"], {"tail": "!"}) == b"one two!"


def test_an_empty_payload_and_an_empty_answer_are_fine():
    assert run("echo") == b""


def test_large_input_and_large_output_pass_at_the_same_time():
    body = os.urandom(9 * MIB)
    assert run("echo", [body[at : at + 100_001] for at in range(0, len(body), 100_001)]) == body


def test_a_payload_larger_than_the_pipe_is_streamed():
    chunks = [bytes([number]) * MIB for number in range(20)]
    assert run("digest", chunks).decode() == hashlib.sha256(b"".join(chunks)).hexdigest()


def test_a_task_that_knows_enough_leaves_the_rest_unread():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield bytes(64 * 1024)

    assert run("first_bytes", endless(), {"count": 5}) == bytes(5)
    assert len(taken) < 200


@pytest.mark.parametrize(
    ("name", "args", "limits", "error"),
    [
        ("sleep", {"seconds": 30}, {"wall_seconds": 0.3}, forkserver.JobTimeout),
        ("spin", {}, {"cpu_seconds": 1}, forkserver.JobTimeout),
        ("swallow_memory", {"count": 400 * MIB}, {"memory": 100 * MIB}, forkserver.JobTooLarge),
        ("many_bytes", {"count": 2 * MIB}, {"output_bytes": MIB}, forkserver.JobTooLarge),
        ("segfault", {}, {}, forkserver.JobCrashed),
        ("leave", {}, {}, forkserver.JobCrashed),
        ("fail", {}, {}, forkserver.JobCrashed),
        ("refuse", {}, {}, forkserver.JobRefused),
    ],
)
def test_a_job_that_oversteps_gets_the_error_of_its_cause_and_the_next_one_runs(name, args, limits, error):
    """PF-12: a hostile file costs its own job, nothing else."""
    started = time.monotonic()
    with pytest.raises(error) as caught:
        run(name, [], args, **limits)
    assert type(caught.value) is error
    assert time.monotonic() - started < 6
    assert run("echo", [b"still here"]) == b"still here"


def test_within_the_same_limits_the_same_tasks_succeed():
    assert run("sleep", [], {"seconds": 0.01}, wall_seconds=5.0) == b"awake"
    assert run("swallow_memory", [], {"count": 20 * MIB}, memory=100 * MIB) == b"x"
    assert len(run("many_bytes", [], {"count": MIB}, output_bytes=MIB)) == MIB


def test_too_much_input_is_refused_while_it_comes():
    with pytest.raises(forkserver.JobTooLarge):
        run("echo", [bytes(MIB)] * 3, input_bytes=2 * MIB)


def test_a_crash_tells_its_cause_but_nothing_of_the_file():
    with pytest.raises(forkserver.JobCrashed) as caught:
        run("fail", [b"top secret"])
    assert caught.value.cause == "ValueError"
    assert "top secret" not in str(caught.value)
    with pytest.raises(forkserver.JobCrashed) as caught:
        run("segfault")
    assert caught.value.cause == "SIGSEGV"


def test_a_refusal_carries_the_code_and_text_of_the_task():
    with pytest.raises(forkserver.JobRefused) as caught:
        run("refuse")
    assert (caught.value.reason, str(caught.value)) == ("not_today", "Come back tomorrow.")


@pytest.mark.parametrize(
    "name", ["os:system", HERE + "not_a_task", HERE + "absent", "no.such.module:x", "", ":"]
)
def test_only_marked_functions_can_be_run(name):
    with pytest.raises(forkserver.JobRefused) as caught:
        forkserver.run(name, [])
    assert caught.value.reason == "unknown_task"


def test_arguments_are_bounded():
    with pytest.raises(forkserver.JobRefused):
        run("echo", [], {"tail": "x" * 100_000})


def test_a_job_has_no_environment_no_descriptors_no_secrets(monkeypatch):
    """The server is a clean interpreter: no settings, no Django, nothing inherited from the owner."""
    monkeypatch.setenv("JINGUI_SECRET", "in the owner's environment")
    forkserver.stop()
    seen = json.loads(run("world"))
    assert seen["environment"] == {}
    assert seen["descriptors"] == []
    assert seen["modules"] == []
    assert seen["server"] == forkserver.server_pid()
    owner_environment = Path(f"/proc/{seen['server']}/environ").read_bytes()
    assert b"JINGUI" not in owner_environment


def test_a_job_can_open_nothing_and_reach_nothing():
    """Where the kernel offers no filters this fails: run the tests where the service is to run."""
    assert set(forkserver.confinement().values()) == {"denied"}


def test_a_job_allowed_to_open_files_can_only_read_them(tmp_path):
    (tmp_path / "readable").write_bytes(b"font")
    args = {"readable": str(tmp_path / "readable"), "writable": str(tmp_path / "written")}
    assert run("read_and_write", [], args, open_files=4) == b"font"
    assert not (tmp_path / "written").exists()
    with pytest.raises(forkserver.JobCrashed):
        run("read_and_write", [], args, open_files=0)


def stream(payload=(b"x",), **args):
    return forkserver.stream(HERE + "parts", payload, args, Limits(wall_seconds=10.0, output_bytes=2 * MIB))


def test_an_answer_in_parts_comes_part_by_part():
    assert list(stream(count=3, size=2)) == [b"x\0\0", b"x\1\1", b"x\2\2"]
    assert [len(part) for part in stream(count=5, size=MIB)] == [MIB + 1] * 5


def test_the_child_waits_while_a_part_is_in_use_and_ends_when_no_more_is_wanted():
    made = stream(count=200, size=MIB)
    next(made)
    server = forkserver.server_pid()
    assert len(children_of(server)) == 1
    made.close()
    assert eventually(lambda: not children_of(server))


def test_the_bound_of_the_answer_holds_for_each_part():
    """Ten parts may be larger than the bound together, one alone may not."""
    assert len(list(stream(count=10, size=MIB))) == 10
    with pytest.raises(forkserver.JobTooLarge):
        list(stream(count=1, size=2 * MIB))


def test_a_task_that_gives_up_half_way_keeps_what_it_gave():
    made = stream(count=2, size=1, fails=True)
    assert [next(made), next(made)] == [b"x\0", b"x\1"]
    with pytest.raises(forkserver.JobRefused) as caught:
        next(made)
    assert caught.value.reason == "not_all"


def test_only_a_job_that_may_start_threads_does_and_processes_stay_out():
    assert run("start_thread", threads=True) == b"joined"
    with pytest.raises(forkserver.JobCrashed):
        run("start_process", threads=True)


@pytest.mark.skipif(os.geteuid() == 0, reason="the kernel counts no processes of root")
def test_a_job_starts_no_thread_unless_it_may():
    with pytest.raises(forkserver.JobCrashed):
        run("start_thread")


def test_each_job_has_its_own_child():
    pids = {json.loads(run("world"))["pid"] for _ in range(5)}
    assert len(pids) == 5


def test_no_child_is_left_behind():
    for _ in range(10):
        run("echo", [b"x"])
    for name in ("segfault", "leave"):
        with pytest.raises(forkserver.JobCrashed):
            run(name)
    assert eventually(lambda: children_of(forkserver.server_pid()) == [])


def test_a_payload_that_breaks_off_ends_the_job_and_its_error_comes_through():
    def broken():
        yield b"half"
        raise ConnectionError("the upload broke off")

    with pytest.raises(ConnectionError):
        run("echo", broken())
    assert eventually(lambda: children_of(forkserver.server_pid()) == [])
    assert run("echo", [b"whole"]) == b"whole"


def test_many_threads_share_one_server():
    bodies = [os.urandom(50_000 + number) for number in range(60)]
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda body: run("echo", [body]), bodies)) == bodies
    assert eventually(lambda: children_of(forkserver.server_pid()) == [])


def test_more_slow_jobs_than_children_wait_their_turn():
    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: run("sleep", [], {"seconds": 0.2}), range(24)))
    assert answers == [b"awake"] * 24


def test_the_end_of_the_thread_that_started_the_server_does_not_end_the_server():
    forkserver.stop()
    thread = threading.Thread(target=forkserver.start)
    thread.start()
    thread.join()
    pid = forkserver.server_pid()
    assert run("echo", [b"x"]) == b"x"
    assert forkserver.server_pid() == pid


def test_a_dead_server_is_replaced_at_the_next_job():
    run("echo")
    dead = forkserver.server_pid()
    os.kill(dead, signal.SIGKILL)
    assert run("echo", [b"again"]) == b"again"
    assert forkserver.server_pid() != dead
    assert eventually(lambda: not os.path.exists(f"/proc/{dead}"))


def test_a_server_that_dies_during_a_job_takes_the_child_with_it():
    run("echo")
    server = forkserver.server_pid()
    feeding = threading.Event()

    def payload():
        feeding.set()
        yield b""

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(run, "sleep", payload(), {"seconds": 30})
        assert feeding.wait(10)
        child = int(children_of(server)[0])
        os.kill(server, signal.SIGKILL)
        with pytest.raises(forkserver.JobCrashed):
            job.result(timeout=10)
    assert eventually(lambda: not running(child))


def test_stopping_reaps_the_server_and_starting_is_idempotent():
    forkserver.start()
    pid = forkserver.server_pid()
    forkserver.start()
    assert forkserver.server_pid() == pid
    forkserver.stop()
    assert not os.path.exists(f"/proc/{pid}")
    assert forkserver.server_pid() is None
    forkserver.stop()


def test_a_forked_worker_gets_a_server_of_its_own():
    run("echo")
    mine = forkserver.server_pid()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        answer = b"failed"
        try:
            theirs = json.loads(run("world"))["server"]
            answer = str(theirs).encode()
            forkserver.stop()
        finally:
            os.write(writer, answer)
            os._exit(0)
    os.close(writer)
    answer = os.read(reader, 100)
    os.close(reader)
    os.waitpid(pid, 0)
    assert int(answer) != mine
    assert run("echo", [b"mine still works"]) == b"mine still works"
    assert forkserver.server_pid() == mine


@pytest.mark.parametrize("busy", [False, True])
def test_when_the_owner_is_killed_the_server_and_its_jobs_end(busy):
    script = (
        "import sys, threading, time; sys.path.insert(0, sys.argv[1])\n"
        "from storage import forkserver\n"
        f"forkserver.run('{HERE}echo', [])\n"
        f"job = lambda: forkserver.run('{HERE}sleep', [], {{'seconds': 60}}, forkserver.Limits(wall_seconds=90.0))\n"
        f"{'threading.Thread(target=job, daemon=True).start()' if busy else ''}\n"
        "print(forkserver.server_pid(), flush=True)\n"
        "time.sleep(60)\n"
    )
    root = str(Path(__file__).resolve().parents[2])
    with subprocess.Popen([sys.executable, "-c", script, root], stdout=subprocess.PIPE) as owner:
        server = int(owner.stdout.readline())
        jobs = []
        if busy:
            assert eventually(lambda: jobs.extend(children_of(server)) or jobs)
        owner.kill()
        owner.wait()
    assert eventually(lambda: not running(server))
    assert all(eventually(lambda pid=pid: not running(pid)) for pid in jobs)


def test_a_warm_job_costs_a_fork_not_a_start():
    """A fresh interpreter with the same libraries costs several hundred milliseconds of CPU."""
    run("echo")
    server = forkserver.server_pid()

    def spent():
        fields = Path(f"/proc/{server}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    assert eventually(lambda: children_of(server) == [])
    before = spent()
    for _ in range(40):
        run("echo", [b"x"])
    assert eventually(lambda: children_of(server) == [])
    assert (spent() - before) / 40 < 0.05


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed_on_every_machine_it_knows(machine):
    for reading in (False, True):
        program = build(machine, reading=reading)
        assert program is not None
        assert len(program) % 8 == 0
        # The kernel takes at most 4096 instructions, and the last must return.
        assert len(program) // 8 <= 4096
        assert program[-8:-6] == b"\x06\x00"


def test_an_unknown_machine_has_no_filter():
    assert build("vax", reading=False) is None
