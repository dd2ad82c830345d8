"""A hundred PDFs of 200 KB through the filing addresses: hashed, inspected, encrypted, journalled, registered.

CPU is user and system time of this process and of all its children, the fork server included, which is ended so
that its time counts.
"""

import os
import resource
from io import BytesIO

import pikepdf

from tests.bench.rows import Row

FILES = 100
BYTES = 200_000
BAR = 15.0


def run(*, quick: bool = False) -> list[Row]:
    """Needs an empty instance."""
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    for alias in ("default", "audit"):
        call_command("migrate", database=alias, verbosity=0)
    from storage import forkserver
    from tests.support.archive import Archive, put

    archive = Archive()
    client = archive.client(archive.clerk)
    bodies = [_pdf() for _ in range(20 if quick else FILES)]
    session = client.post("/records/intake/", archive.entries(register_now="on")).json()
    forkserver.stop()
    before = _cpu()
    for position, body in enumerate(bodies, start=1):
        address = session["put_url_template"].replace("{position}", str(position))
        answer = put(client, address, f"文件{position}.pdf", body)
        assert answer.json()["state"] == "accepted", answer.content
    done = client.post(session["register_url"], "{}", content_type="application/json")
    assert done.status_code == 201, done.content
    forkserver.stop()
    spent = _cpu() - before
    rate = len(bodies) / spent
    return [
        Row(
            f"upload of {len(bodies)} PDFs of {len(bodies[0]) // 1000} KB, received, inspected, filed and registered",
            f"{spent:.2f} CPU s",
            "",
            rate,
            f"at least {BAR:.0f} files per CPU second of all processes",
            rate >= BAR,
        )
    ]


def _cpu() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _pdf() -> bytes:
    """A page with an incompressible picture, as scanners make them; each one is different."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    side = 440
    picture = pikepdf.Stream(document, os.urandom(side * side))
    picture.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": side,
            "/Height": side,
            "/ColorSpace": pikepdf.Name.DeviceGray,
            "/BitsPerComponent": 8,
        }
    )
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=document.make_indirect(picture)))
    page.contents_add(b"q 595 0 0 842 0 0 cm /Im Do Q")
    out = BytesIO()
    document.save(out)
    return out.getvalue()
