"""The only place that touches django-guardian: dated grants of one action on one object.

Guardian's own shortcuts ignore our dates and let superusers through, so they are not used.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F, Q, QuerySet
from guardian.models import UserObjectPermissionBase

from accounts.exclusions import part_in
from accounts.models import Account, Person
from vault.authorization.actions import GRANTABLE, Action, codename
from vault.authorization.errors import AuthorizationError


class GrantToOneself(AuthorizationError):
    """The caller's mistake: nobody grants a right to himself (requirements.md section 6)."""

    code = "grant-to-oneself"


class UserGrant(UserObjectPermissionBase):
    """Abstract: a grant held under an account and evaluated by its person (PE-07). Only `ends_at` ever changes.

    A concrete model adds `content_object`, a protected foreign key to the model it grants on.
    """

    user = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    permission = models.ForeignKey("auth.Permission", on_delete=models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        abstract = True
        unique_together: ClassVar[list[str]] = []  # history: the same grant may be given again
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")), name="%(class)s_ends_after_start"
            )
        ]


def give(
    grant_model: type[UserGrant],
    *,
    action: Action,
    target: models.Model,
    account: Account,
    granted_by: Person,
    starts_at: datetime,
    ends_at: datetime,
) -> UserGrant:
    """Store a grant; the caller has asked the gate for GRANT and journals. Raises GrantToOneself, UnknownAction."""
    _refuse_oneself(granted_by.pk, account)
    return grant_model._default_manager.create(
        user=account,
        permission=permission_for(action, type(target)),
        content_object=target,
        granted_by=granted_by,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def give_many(
    grant_model: type[UserGrant],
    *,
    action: Action,
    targets: Collection[models.Model],
    account: Account,
    giver_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
) -> list[UserGrant]:
    """The same grant on many objects of one model at once. The caller and the errors as for `give`.

    Guardian's own `bulk_assign_perm` would be three statements too, but knows neither our days nor who granted, and
    leaves out whatever the person was ever granted before.
    """
    _refuse_oneself(giver_id, account)
    same: dict[str, Any] = {
        "user": account,
        "permission": permission_for(action, type(next(iter(targets)))),
        "granted_by_id": giver_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    return grant_model._default_manager.bulk_create(
        grant_model(**(same | {"content_object": target})) for target in targets
    )


def _refuse_oneself(giver_id: UUID, account: Account) -> None:
    if part_in(giver_id, concerned=[account.person_id]) is not None:
        raise GrantToOneself("A right is granted by somebody else. Ask the head of the unit.")


def end(grant: UserGrant, *, at: datetime) -> None:
    """End a grant at an instant, which is its first without effect."""
    grant.ends_at = max(at, grant.starts_at)
    grant.save(update_fields=["ends_at"])


def permission_for(action: Action, model: type[models.Model]) -> Permission:
    """The permission row that grants the action on a model. Raises UnknownAction, Permission.DoesNotExist."""
    return Permission.objects.get(
        content_type__app_label=model._meta.app_label,
        content_type__model=model._meta.model_name,
        codename=codename(action),
    )


def held_by(grant_model: type[UserGrant], person_id: Any, at: Any) -> QuerySet[Any, Any]:
    """Grants in force for a person under any of his accounts; the first instant in, the last one out."""
    return grant_model._default_manager.filter(user__person=person_id, starts_at__lte=at, ends_at__gt=at)


def actions_of(codenames: Collection[str]) -> frozenset[Action]:
    """The actions these permissions grant; names that grant nothing here are passed over."""
    return frozenset(_ACTIONS[name] for name in codenames if name in _ACTIONS)


_ACTIONS = {codename(action): action for action in GRANTABLE}
