"""Brings the databases of an instance to this version, refuses those of a newer one, and guards every start."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from audit import durability, triggers

ALIASES = ("default", "audit")
# The apps that have tables in the log's database; going through all of them there takes ten seconds and makes nothing.
OF_THE_LOG = ("audit", "storage")


def require_guarded() -> None:
    """Refuse to serve or work without the evidence triggers or with commits that a power cut could undo.

    Raises ImproperlyConfigured saying what is missing and what to run.
    """
    found = [
        problem for alias in ALIASES for problem in (*triggers.missing(alias), *durability.problems(alias))
    ]
    if found:
        raise ImproperlyConfigured("The log is not guarded. " + " · ".join(found))


def prepare_databases() -> None:
    """Migrate both databases; triggers are reinstalled afterwards.

    Raises ImproperlyConfigured for a newer database.
    """
    refuse_newer()
    call_command("migrate", database="default", verbosity=0, interactive=False)
    for app in OF_THE_LOG:
        call_command("migrate", app, database="audit", verbosity=0, interactive=False)


def refuse_newer() -> None:
    """Read which migrations the databases have had, and change nothing.

    Raises ImproperlyConfigured for a newer database.
    """
    for alias in ALIASES:
        _refuse_newer(alias)


def newer_than_this(alias: str) -> str:
    """What to say of a database that a newer version has migrated; nothing of any other."""
    loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
    ours = {app for app, _ in loader.disk_migrations}
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations and (app, name) not in _replaced(loader)
    )
    if not unknown:
        return ""
    return (
        f"The database {alias!r} was written by a newer version of Jingui ({', '.join(unknown[:3])}). "
        "Install that version or a later one; nothing was changed."
    )


def _refuse_newer(alias: str) -> None:
    told = newer_than_this(alias)
    if told:
        raise ImproperlyConfigured(told)


def _replaced(loader: MigrationLoader) -> set[tuple[str, str]]:
    return {key for migration in loader.disk_migrations.values() for key in migration.replaces}
