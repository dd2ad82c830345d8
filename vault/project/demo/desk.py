"""People at work in the demo's past: the forms and the services that pages use, without a browser between."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.http import QueryDict

from accounts import terminals
from accounts.enrolment import Here
from accounts.models import Account, Person, Unit
from accounts.rules import local_day
from audit import clock
from vault.authorization.context import Context, of_account
from vault.holdings.forms import ArchiveFileForm, CardForm, FilingForm, RecordForm
from vault.holdings.labels import CHOICES
from vault.holdings.models import ArchiveFile, Component, RetentionClass, Series
from vault.holdings.services import arrangement, correction, filing, intake
from vault.holdings.views.filing import said
from vault.project.demo.documents import Paper
from vault.project.demo.people import BY_KEY, PLACE
from vault.project.demo.visitor import NotObserved

# They sit at this very machine, which is this terminal.
HERE, TERMINAL = "127.0.0.1", "BMS-01"


@dataclass
class Desk:
    """Accounts, units and shelves by the demo's words for them; `records` are ids by document."""

    records: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def account(self, key: str) -> Account:
        return Account.objects.select_related("person__unit").get(staff_no=BY_KEY[key].staff_no)

    def person(self, key: str) -> Person:
        return self.account(key).person

    def unit(self, key: str) -> Unit:
        return Unit.objects.get(code=PLACE[key].code)

    def context(self, key: str) -> Context:
        """One act of this person, now."""
        return of_account(self.account(key), address=HERE, here=self._here())

    def _here(self) -> Here | None:
        """The terminal as it stands, once it is registered."""
        row = terminals.register().filter(number=TERMINAL).first()
        if row is None:
            return None
        found = terminals.stands(row, local_day(clock.now()))
        return Here(row.pk, row.number, row.room, found.reasons)

    def record_id(self, document: str) -> UUID:
        """The record of a document that is filed already."""
        return UUID(self.records[document].split("/")[2])

    def in_days(self, days: int) -> datetime:
        return clock.now() + timedelta(days=days)

    def file(self, paper: Paper, body: bytes, *, register: bool = True) -> str:
        """File one document as its filer does; returns the record's address. Raises NotObserved."""
        context = self.context(paper.document.filer)
        data = self._entries(paper)
        if paper.archive_file:
            data["archive_file"] = str(self._archive_file(context, paper))
        form = FilingForm(_posted(data, paper, self), viewer=context, filer=context.account.person)
        _require(form, paper.title)
        session = intake.open_session(
            context=context,
            unit=form.cleaned_data["unit"],
            levels=form.proposal().levels,
        )
        received = intake.receive(
            context=context, session=session, position=1, name=paper.file_name, size=len(body), body=[body]
        )
        if received.finding.verdict != "accepted":
            raise NotObserved(f"{paper.title} was not accepted: {received.finding.reasons}")
        (record,) = filing.file_records(context=context, session=session, filing=said(form))
        if register:
            record = filing.register(context=context, record_id=record.pk, version=record.version)
        self.records[paper.document.key] = f"/records/{record.pk}/"
        return self.records[paper.document.key]

    def card(self, paper: Paper, *, place: str, pages: int) -> str:
        """Register paper that stays paper; returns the record's address."""
        context = self.context(paper.document.filer)
        data = self._entries(paper) | {"place": place, "pages": str(pages)}
        form = CardForm(_posted(data, paper, self), viewer=context, filer=context.account.person)
        _require(form, paper.title)
        record = filing.register_card(context=context, filing=said(form))
        filing.register(context=context, record_id=record.pk, version=record.version)
        return f"/records/{record.pk}/"

    def correct(self, who: str, document: str, name: str, body: bytes, reason: str) -> None:
        """Put a better file beside a record's first one."""
        context = self.context(who)
        component = Component.objects.select_related("record__unit").get(record_id=self.record_id(document))
        record = component.record
        session = intake.open_session(
            context=context, unit=record.unit, levels=record.levels, component=component
        )
        intake.receive(context=context, session=session, position=1, name=name, size=len(body), body=[body])
        correction.correct(context=context, record_id=record.pk, session=session, reason=reason)

    def hand_in(self, who: str, unit: str, label: str, name: str, body: bytes) -> str:
        """Send a file and leave it there; returns what inspection made of it."""
        context = self.context(who)
        session = intake.open_session(context=context, unit=self.unit(unit), levels=CHOICES[label])
        received = intake.receive(
            context=context, session=session, position=1, name=name, size=len(body), body=[body]
        )
        return received.finding.verdict

    def _entries(self, paper: Paper) -> dict[str, str]:
        document = paper.document
        data = {name: value for name, value in paper.form().items() if value}
        data["unit"] = str(self._id("unit", PLACE[document.unit].code))
        data["series"] = str(self._id("series", document.series))
        data["retention_class"] = str(self._id("retention", document.retention))
        if document.originator:
            data["originator"] = str(self._id("unit", PLACE[document.originator].code))
        if document.decider:
            data["decider"] = str(self._id("person", document.decider))
        return data

    def _id(self, kind: str, word: str) -> UUID:
        """The primary key of something that stays; asked of the database once."""
        if (kind, word) not in self._known:
            match kind:
                case "unit":
                    found = Unit.objects.get(code=word).pk
                case "series":
                    found = Series.objects.get(code=word).pk
                case "retention":
                    found = RetentionClass.objects.get(code=word).pk
                case _:
                    found = self.person(word).pk
            self._known[kind, word] = found
        return self._known[kind, word]

    def _archive_file(self, context: Context, paper: Paper) -> UUID:
        """The archive file that the paper is kept in, made where there is none; internal, its records raise it."""
        key = ("archive_file", paper.archive_file)
        if key not in self._known:
            # Titles are encrypted, so they are compared here; there are few.
            for one in ArchiveFile.objects.all():
                self._known["archive_file", one.title] = one.pk
        if key not in self._known:
            data = {
                "unit": str(self._id("unit", PLACE[paper.document.unit].code)),
                "series": str(self._id("series", paper.document.series)),
                "year": str(paper.day.year),
                "title": paper.archive_file,
                "label": "internal",
            }
            form = ArchiveFileForm(data, viewer=context)
            _require(form, paper.archive_file)
            made = arrangement.create_archive_file(
                context=context,
                unit=form.cleaned_data["unit"],
                series=form.cleaned_data["series"],
                year=form.cleaned_data["year"],
                title=form.cleaned_data["title"],
                levels=CHOICES[form.cleaned_data["label"]],
            )
            self._known[key] = made.pk
        return self._known[key]


def _posted(data: Mapping[str, str], paper: Paper, desk: Desk) -> QueryDict:
    posted = QueryDict(mutable=True)
    posted.update(data)
    posted.setlist("knowers", [str(desk._id("person", key)) for key in paper.document.knowers])  # noqa: SLF001
    return posted


def _require(form: RecordForm | ArchiveFileForm, what: str) -> None:
    if not form.is_valid():
        raise NotObserved(f"the form of {what} was refused: {form.errors.as_text()}")
