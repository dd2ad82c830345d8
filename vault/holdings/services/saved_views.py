"""Saved views of the list: a person's own, and nobody else's."""

from uuid import UUID

from accounts.models import Person
from audit import outbox
from audit.events import ObjectFacts
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import errors
from vault.holdings.models import SavedView
from vault.holdings.services.journal import change

MOST = 50


def save_view(*, context: Context, name: str, query: str) -> SavedView:
    """Keep filters under a name. Raises FormRefused without a name, ViewNameTaken, TooManyViews."""
    permit = gate.authorize(context, Action.KEEP_VIEW)
    with change(permit):
        if not name.strip():
            raise errors.FormRefused
        # Locked, so that two at once are not both the last.
        person = Person.objects.select_for_update().get(pk=context.subject.person_id)
        if len(_free(person, name)) >= MOST:
            raise errors.TooManyViews
        made = SavedView.objects.create(
            person=person, name=name.strip(), query=query, created_at=context.instant
        )
        outbox.outcome(permit.event, "granted", object=ObjectFacts("saved_view", str(made.pk)))
    return made


def rename_view(*, context: Context, view_id: UUID, name: str) -> None:
    """Give it another name. Raises FormRefused without one, ViewNameTaken, and the gate's Absent for what is
    not his own.
    """
    _own(context, view_id)
    permit = gate.authorize(context, Action.KEEP_VIEW)
    with change(permit):
        if not name.strip():
            raise errors.FormRefused
        person = Person.objects.select_for_update().get(pk=context.subject.person_id)
        view = SavedView.objects.select_for_update().filter(pk=view_id).first()
        if view is None:
            raise errors.WrongState
        _free(person, name, but=view_id)
        view.name = name.strip()
        view.save(update_fields=["name"])
        outbox.outcome(permit.event, "granted", object=ObjectFacts("saved_view", str(view_id)))


def drop_view(*, context: Context, view_id: UUID) -> None:
    """Throw it away. Raises the gate's Absent for what is not his own."""
    _own(context, view_id)
    permit = gate.authorize(context, Action.KEEP_VIEW)
    with change(permit):
        SavedView.objects.filter(pk=view_id, person_id=context.subject.person_id).delete()
        outbox.outcome(permit.event, "granted", object=ObjectFacts("saved_view", str(view_id)))


def _free(person: Person, name: str, but: UUID | None = None) -> list[SavedView]:
    """All that a person keeps. Raises ViewNameTaken. Names are encrypted, so they are compared here."""
    kept = list(SavedView.objects.filter(person=person))
    if any(view.name == name.strip() and view.pk != but for view in kept):
        raise errors.ViewNameTaken
    return kept


def _own(context: Context, view_id: UUID) -> None:
    if not SavedView.objects.filter(pk=view_id, person_id=context.subject.person_id).exists():
        gate.absent(context, Action.KEEP_VIEW, "saved_view", view_id)
