"""Whether a commit on this connection survives a power cut."""

from django.db import connections

_POSTGRESQL = {
    "synchronous_commit": ("on", "remote_write", "remote_apply"),
    "fsync": ("on",),
    "full_page_writes": ("on",),
}


def problems(alias: str) -> list[str]:
    """One sentence for each setting under which a committed event could be lost."""
    connection = connections[alias]
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, safe in _POSTGRESQL.items():
                cursor.execute(f"SHOW {name}")
                (value,) = cursor.fetchone()
                if value not in safe:
                    found.append(f"{alias}: {name} is {value}; set it to {safe[0]} in postgresql.conf")
        else:
            cursor.execute("PRAGMA synchronous")
            (level,) = cursor.fetchone()
            if level < 2:
                found.append(f"{alias}: PRAGMA synchronous is {level}; it must be FULL")
    return found
