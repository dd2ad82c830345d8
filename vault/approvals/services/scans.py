"""From a scan or photograph of a page to the copy that it is a page of (RQ-09, RQ-17). Nothing of it is stored."""

from dataclasses import asdict, dataclass

from audit import outbox
from audit.events import ObjectFacts
from storage import forkserver, inspection
from storage.inspection.kinds import MIB
from storage.reproduction import codes
from storage.reproduction.errors import ScanUnreadable
from vault.approvals import errors, reproduction
from vault.approvals.models import Copy
from vault.approvals.services.journal import change
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import presentation

KINDS = frozenset({"pdf", "jpeg", "png", "tiff"})
LIMIT = 10 * MIB


@dataclass(frozen=True)
class Scan:
    """A file as it was sent, held in memory."""

    name: str
    data: bytes


def find(*, context: Context, scan: Scan) -> list[Copy]:
    """The copies whose codes are on a scan and of which the viewer may know, in the order of its pages; at a terminal.

    A page of a copy may be secret, so it is sent as content is (P-02). It is inspected and decoded in a child of the
    fork server. A code that is nobody's, or of a copy of which the viewer may not know, is as none. One symbol is
    believed: what it leads to is compared with the page by whoever looks.

    Raises ScanAway, ScanRefused, ScanTooLarge, ScanEmpty, ScanFailed, Refused, AuditUnavailable.
    """
    permit = gate.authorize(context, Action.FIND_COPY, sealed={"size": len(scan.data)})
    # Outside the transaction: a large scan takes its time, and nobody waits for it to write.
    problem: errors.ApprovalsError | None = None
    read: tuple[str, ...] = ()
    try:
        read = _codes(context, scan)
    except errors.ApprovalsError as error:
        problem = error
    with change(permit.event):
        if problem is not None:
            raise problem
        found = [copy for code in read if (copy := reproduction.by_code(context, code)) is not None]
        outbox.outcome(
            permit.event,
            "granted",
            object=ObjectFacts("copy", str(found[0].pk)) if found else ObjectFacts("copy-scan"),
            sealed={"codes": " ".join(read), "found": str(len(found))},
        )
    return found


def _codes(context: Context, scan: Scan) -> tuple[str, ...]:
    if not context.terminal_usable:
        raise errors.ScanAway
    if not scan.data:
        raise errors.ScanEmpty
    if len(scan.data) > LIMIT:
        raise errors.ScanTooLarge
    try:
        finding = inspection.inspect([scan.data], name=scan.name, size=len(scan.data))
        if finding.verdict != "accepted":
            raise errors.ScanRefused(file=presentation.reasons(asdict(finding)))
        if finding.kind not in KINDS:
            raise errors.ScanRefused
        return codes.read_codes([scan.data], agreeing=1)
    except ScanUnreadable as error:
        raise errors.ScanRefused from error
    except forkserver.ForkServerUnavailable as error:
        raise errors.ScanFailed from error


__all__ = ["Scan", "find"]
