"""Opens every encrypted value in the database; one that was altered or moved to another row does not open."""

from collections.abc import Sequence

from django.apps import apps
from django.db.models import Model

from accounts import second_factor
from storage.columns import EncryptedField
from storage.errors import StorageError
from vault.administration.examination.report import Report, Say

ROWS = 500


def open_cells(report: Report, say: Say) -> None:
    """Every encrypted column of every model, row by row."""
    for model in apps.get_models():
        fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedField)]
        if fields:
            _open_rows(report, say, model, fields)


def open_second_factors(report: Report, say: Say) -> None:
    """The secrets of the authenticator apps, kept in another package's table."""
    for account, opens in second_factor.examine():
        report.count("second factors")
        if not opens:
            report.add(
                "second-factor-damaged",
                account,
                "The secret does not open for its account: reset the second factor, and find out who changed it.",
            )


def _open_rows(report: Report, say: Say, model: type[Model], fields: Sequence[EncryptedField]) -> None:
    rows = model._base_manager.order_by("pk").only("pk", *(field.attname for field in fields))
    total = rows.count()
    for done, row in enumerate(rows.iterator(chunk_size=ROWS), start=1):
        for field in fields:
            report.count("encrypted values")
            try:
                getattr(row, field.attname)
            except StorageError as error:
                report.add("column-damaged", f"{model._meta.label_lower} {row.pk}", str(error))
        if done % ROWS == 0 or done == total:
            say(model._meta.label_lower, done, total)
