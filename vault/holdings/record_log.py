"""What the log says of one record, in words: who did what with it and when. What is sealed stays sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.utils.translation import gettext_lazy

from accounts.models import Person
from audit import selectors
from audit.events import GRANTED, INTENT
from audit.models import Event
from vault.authorization.actions import Action
from vault.holdings.presentation import uuid_or_none

PAGE = 50

# Of an act with an intent its end is shown, and of an opening its beginning. A refusal is between whoever was refused
# and the auditor.
LABELS = {
    Action.DESCRIBE: gettext_lazy("Looked at a record's description"),
    Action.CONSULT: gettext_lazy("Consulted content"),
    Action.PREVIEW: gettext_lazy("Was shown the first page"),
    Action.EXCERPT: gettext_lazy("Excerpted"),
    Action.QUOTE: gettext_lazy("Quoted"),
    Action.COPY: gettext_lazy("Took the original"),
    Action.PRINT: gettext_lazy("Printed"),
    Action.EXPORT: gettext_lazy("Exported it"),
    Action.LEND: gettext_lazy("Lent it"),
    Action.CHANGE_LABEL: gettext_lazy("Proposed a label"),
    Action.DECIDE_LABEL: gettext_lazy("Decided a label"),
    Action.FILE: gettext_lazy("Filed it"),
    Action.IMPORT: gettext_lazy("Filed it with an import"),
    Action.DRAFT: gettext_lazy("Made a register card"),
    Action.EDIT_DRAFT: gettext_lazy("Changed a draft"),
    Action.REGISTER: gettext_lazy("Registered a record"),
    Action.CORRECT: gettext_lazy("Added a corrected version"),
    Action.NAME_KNOWERS: gettext_lazy("Changed the need-to-know list"),
    Action.GRANT: gettext_lazy("Changed the grants"),
    Action.MOVE: gettext_lazy("Moved a record into another archive file"),
    Action.PRODUCE: gettext_lazy("Made a copy"),
    Action.REQUEST_ACCESS: gettext_lazy("Asked for access"),
    Action.READ_HISTORY: gettext_lazy("Looked at who did what with a record"),
}


@dataclass(frozen=True)
class LogPage:
    """One page, newest first; `older` is where the next one starts, None at the end."""

    events: Sequence[Event]
    older: int | None


def page(record_id: UUID, before: int | None) -> LogPage:
    """A page of the record's events by keyset. The caller has asked the gate for READ_HISTORY."""
    found = selectors.search(
        selectors.EventFilter(object_type="record", object_id=str(record_id), outcome=GRANTED)
    )
    found = found.exclude(phase=INTENT).filter(action__in=[action.value for action in LABELS])
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found.order_by("-id")[: PAGE + 1])
    return LogPage(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def lines(events: Sequence[Event]) -> list[dict[str, object]]:
    """The events as shown; people are looked up together. What somebody did several times on end is one line."""
    ids = {uuid_or_none(event.person) for event in events} - {None}
    people = Person.objects.select_related("unit").in_bulk(ids)
    shown = []
    for (who, staff_no, action), run in groupby(
        events, lambda event: (event.person, event.actor, event.action)
    ):
        together = list(run)
        person = people.get(uuid_or_none(who))
        shown.append(
            {
                "at": together[0].at,
                "since": together[-1].at if len(together) > 1 else None,
                "times": len(together),
                "person_name": person.name if person is not None else staff_no,
                "unit_name": person.unit.name if person is not None else "",
                "staff_no": staff_no,
                "action_label": str(LABELS[Action(action)]),
            }
        )
    return shown
