"""Decrypts and compares every stored body, and holds blobs and key rows against each other (PF-02)."""

from storage import keyring, orphans
from storage.errors import StorageError
from storage.models import KeySlot
from vault.administration.examination.report import Report, Say
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.holdings import custody, fixity
from vault.holdings.models import StagedFile

BATCH = 200
BLOB_PROBLEMS = {
    "missing": "A key row has no blob: restore database and blobs from one backup.",
    "wrong_size": "The blob is not as long as it was written: restore it from a backup.",
    "foreign": "Something that is no blob stands among the blobs: find out who put it there and remove it.",
    "revived": "An erased blob stands in the store again: apply the tombstones before serving.",
    "unflushed": "An erased key may still stand in the write-ahead log: run the worker.",
}


def verify_bodies(report: Report, say: Say) -> None:
    """Every version of every component, whole, against its digest; then every file still on its way in."""
    _verify(report, say, "component", fixity.bodies().order_by("pk"), custody.verify_version)
    staged = (
        StagedFile.objects.filter(key_slot__isnull=False).select_related("session", "key_slot").order_by("pk")
    )
    _verify(report, say, "upload", staged, custody.verify_staged)


def check_keys(report: Report, say: Say) -> None:
    """Each key row names a key version that still opens."""
    ring = keyring.current()
    used = KeySlot.objects.values_list("compartment", "kek_version").distinct().order_by()
    for compartment, version in used:
        report.count("key versions")
        try:
            readable = ring.readable(compartment)
        except StorageError as error:
            report.add("key-compartment-unknown", compartment, str(error))
            continue
        if version not in readable:
            report.add(
                "key-version-unreadable",
                f"{compartment}/{version}",
                "Blobs are wrapped under a key version that no longer opens: restore the key ring from its copy.",
            )


def check_store(report: Report, say: Say) -> None:
    """The store and the key table agree; what a crash left behind is only counted, the worker sweeps it."""
    for found in orphans.list_problems():
        if found.code in {"orphan", "unfinished"}:
            report.count(f"{found.code} blobs")
        else:
            report.add(f"blob-{found.code}", found.name, BLOB_PROBLEMS[found.code])


def _verify(report: Report, say: Say, kind: str, found, check) -> None:  # noqa: ANN001  two models, one walk
    total = found.count()
    ids = list(found.values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        permit = gate.authorize_system(Action.FIXITY, batch, name=kind)
        for item in found.filter(pk__in=batch):
            report.count(f"{kind}s")
            try:
                fixity.verify(check, permit, found, item.pk)
            except StorageError as error:
                target = getattr(item, "component_id", item.pk)
                report.add(f"{kind}-{error.code}", target, str(error))
        say(kind, start + len(batch), total)
