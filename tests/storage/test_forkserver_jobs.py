"""The jobs that the fork server's tests run. Its own module, because the server imports it."""

import ctypes
import fcntl
import hashlib
import json
import os
import sys
import threading
import time

from storage.forkserver.tasks import Payload, Refusal, resolve, task

HERE = "tests.storage.test_forkserver_jobs:"


@task
def echo(payload, args):
    return payload.read_all(64 << 20) + args.get("tail", "").encode()


@task
def first_bytes(payload, args):
    return payload.peek(args["count"])


@task
def digest(payload, args):
    total = hashlib.sha256()
    for piece in payload.pieces():
        total.update(piece)
    return total.hexdigest().encode()


@task
def many_bytes(payload, args):
    return b"x" * args["count"]


@task
def sleep(payload, args):
    time.sleep(args["seconds"])
    return b"awake"


@task
def spin(payload, args):
    while True:
        pass


@task
def swallow_memory(payload, args):
    return b"x" if bytearray(args["count"]) else b""


@task
def segfault(payload, args):
    ctypes.string_at(0)
    return b""


@task
def leave(payload, args):
    os._exit(3)


@task
def fail(payload, args):
    raise ValueError("a secret from the file: " + payload.read_all(100).decode())


@task
def refuse(payload, args):
    raise Refusal("not_today", "Come back tomorrow.")


@task
def world(payload, args):
    """What the job can see of where it runs."""
    descriptors = []
    for number in range(3, 256):
        try:
            fcntl.fcntl(number, fcntl.F_GETFD)
        except OSError:
            continue
        descriptors.append(number)
    return json.dumps(
        {
            "pid": os.getpid(),
            "server": os.getppid(),
            "environment": dict(os.environ),
            "descriptors": descriptors,
            "modules": sorted(
                name for name in sys.modules if name.split(".")[0] in {"django", "vault", "accounts", "audit"}
            ),
            "arguments": sys.argv,
        }
    ).encode()


@task
def read_and_write(payload, args):
    """With open files allowed: reading works, writing does not."""
    with open(args["readable"], "rb") as stream:
        content = stream.read()
    try:
        with open(args["writable"], "wb") as stream:
            stream.write(b"leak")
    except OSError:
        return content
    return b"written"


@task
def parts(payload, args):
    """As many parts as asked, each of the size asked, after the payload was read; then a failure if asked."""
    mark = payload.read_all(100)
    for number in range(args["count"]):
        yield mark + bytes([number]) * args["size"]
    if args.get("fails"):
        raise Refusal("not_all", "No more.")


@task
def start_thread(payload, args):
    thread = threading.Thread(target=lambda: None)
    thread.start()
    thread.join()
    return b"joined"


@task
def start_process(payload, args):
    if os.fork() == 0:
        os._exit(0)
    return b"forked"


def not_a_task(payload, args):
    return b"ran"


def test_a_task_is_found_by_its_name():
    assert resolve(HERE + "echo") is echo


def test_a_payload_can_be_peeked_before_it_is_read():
    reader, writer = os.pipe()
    os.write(writer, b"abcdef")
    os.close(writer)
    payload = Payload(reader)
    assert (payload.peek(3), payload.read_all(10)) == (b"abc", b"abcdef")
    os.close(reader)
