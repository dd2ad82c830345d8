"""Sends the audit log's models to their own database; everything else stays in the business database."""

from django.apps import apps
from django.db.models import Model


class AuditRouter:
    """A model with the class attribute `database` lives in the database of that alias."""

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        return _alias(model)

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        return _alias(model)

    def allow_relation(self, obj1: Model, obj2: Model, **hints: object) -> bool:
        return _alias(type(obj1)) == _alias(type(obj2))

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: object) -> bool:
        if "alias" in hints:
            return db == hints["alias"]
        if model_name is None:
            # Data migrations of packages that know one database only.
            return db == "default" or app_label == "audit"
        try:
            model = apps.get_model(app_label, model_name)
        except LookupError:
            return db == "default"
        return db == _alias(model)


def _alias(model: type[Model]) -> str:
    return getattr(model, "database", "default")
