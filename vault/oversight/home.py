"""The auditor's home and navigation: the state of the log first."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.rules import Duty
from audit import selectors
from audit.events import DENIED
from audit.selectors import EventFilter
from vault.authorization.context import Context
from vault.notices import worklists
from vault.notices.worklists import Entry, Link, Worklist
from vault.oversight import presentation

SHOWN = 10


def register() -> None:
    worklists.register(worklists=_worklists, navigation=_navigation)


def _worklists(viewer: Context) -> Iterable[Worklist]:
    if Duty.AUDITOR not in viewer.subject.duty_names:
        return
    open_intents = EventFilter(outcome="unknown")
    unknown = selectors.page(open_intents, size=SHOWN)
    yield Worklist(
        title=_("Changes whose end was never told"),
        entries=tuple(presentation.entry(event) for event in unknown.events),
        count=selectors.count(open_intents),
        empty_text=_("Every change that was begun has told how it ended."),
        more_url=reverse("oversight:log") + "?outcome=unknown",
    )
    denied = EventFilter(outcome=DENIED)
    yield Worklist(
        title=_("Latest refusals"),
        entries=tuple(presentation.entry(event) for event in selectors.page(denied, size=SHOWN).events),
        count=selectors.count(denied),
        empty_text=_("Nobody was refused anything yet."),
        more_url=reverse("oversight:log") + "?outcome=denied",
    )
    yield Worklist(
        title=_("State of the log"),
        entries=tuple(
            Entry(title=one["label"], tag=str(one["value"]), tag_kind=str(one["kind"]))
            for one in presentation.health_strip()
        ),
        count=0,
        empty_text="",
        aside=True,
        more_url=reverse("oversight:log"),
    )


def _navigation(viewer: Context) -> Iterable[Link]:
    if Duty.AUDITOR in viewer.subject.duty_names:
        yield Link(_("Audit log"), reverse("oversight:log"), "clipboard-document-list", _("Oversight"))
