"""What the operations about people, units, rights and terminals have in common."""

from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet

from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings.api import fields_refused

F = TypeVar("F", bound=forms.Form)
M = TypeVar("M", bound=Model)


def find(viewer: Context, action: Action, rows: QuerySet[M], pk: UUID, **bounds: Any) -> M:
    """One of these rows; any other is as absent as one that never was. Raises Absent, AuditUnavailable."""
    found = rows.filter(pk=pk, **bounds).first()
    if found is None:
        gate.absent(viewer, action, rows.model.__name__.lower(), pk)
    return found


def valid(form: F) -> F:
    """The page's form, filled and right: one judge for both. Raises InterfaceProblem with what is wrong."""
    if not form.is_valid():
        raise fields_refused(form)
    return form
