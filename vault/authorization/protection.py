"""Which models carry a label, and where their lists, grants, states and authors are.

A model registers when Django starts; a system check fails on a model with a label that did not. Grants to groups are
not evaluated anywhere: rights hang on persons (PE-02, PE-07), so there is no place to register them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model

from vault.authorization.actions import ObjectState
from vault.authorization.errors import Unprotected
from vault.authorization.grants import UserGrant

LABEL_FIELDS = frozenset({"state_level", "enterprise_level", "restricted"})


@dataclass(frozen=True)
class Knowers:
    """The need-to-know list of a model: rows that name a person, between two instants, and lead to the object.

    `target` is the path from a row to the object, such as `record`; `person` the path to the person.
    """

    model: type[Model]
    target: str
    person: str = "person"
    starts: str = "starts_at"
    ends: str = "ends_at"


@dataclass(frozen=True)
class Protection:
    """How the access rule finds its facts in a model.

    The model has `unit`, the three levels, `is_shielded`, `caveat` and `access_class`. Without `knowers` nobody ever
    knows of a classified object of it; without `user_grants` nothing can be granted on it; without `state_field`
    everything is active; without `author_field` drafts are nobody's own.
    """

    model: type[Model]
    knowers: Knowers | None
    user_grants: type[UserGrant] | None
    name: str
    state_field: str = ""
    states: Mapping[str, ObjectState] = field(default_factory=dict)
    author_field: str = ""
    version_field: str = ""

    def values_of(self, state: ObjectState) -> list[str]:
        """The values of the state field that mean this state."""
        return [value for value, meaning in self.states.items() if meaning is state]


def register(protection: Protection) -> None:
    """Register a protected model; a second registration replaces the first."""
    _registry[protection.model] = protection


def protection_of(model: type[Model]) -> Protection:
    """The registration of a model. Raises Unprotected."""
    try:
        return _registry[model]
    except KeyError:
        raise Unprotected(f"{model.__name__} registered no Protection with vault.authorization.") from None


def registered() -> Mapping[type[Model], Protection]:
    """All registrations."""
    return dict(_registry)


def access_class_model(model: type[Model]) -> Any:
    """The table of access classes a protected model points to."""
    return model._meta.get_field("access_class").related_model


def exempt(model_label: str, reason: str) -> None:
    """Name a model that carries levels and is protected by another object, such as a component by its record."""
    _exempt[model_label] = reason


def unregistered() -> list[type[Model]]:
    """Models with a label that neither registered nor are exempt by name."""
    return [
        model
        for model in apps.get_models()
        if LABEL_FIELDS & {f.name for f in model._meta.get_fields()}
        and model not in _registry
        and model._meta.label not in _exempt
    ]


_registry: dict[type[Model], Protection] = {}
_exempt: dict[str, str] = {}
