"""What the services of the daily work do, for the test that walks every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from audit import clock
from vault.authorization.actions import Action
from vault.holdings.services import together
from vault.holdings.services.together import Chosen

Act = Callable[[], object]


def grant_many(stage: Any) -> Act:
    record = stage.registered()
    return lambda: together.grant_many(
        context=stage.as_(stage.archive.director),
        chosen=[Chosen(record.pk, record.version)],
        person=stage.archive.stranger.person,
        action=Action.COPY,
        ends_at=clock.now() + timedelta(days=3),
    )


def move_many(stage: Any) -> Act:
    record, shelf = stage.registered(), stage.archive.archive_file()
    return lambda: together.move_many(
        context=stage.as_(stage.archive.archivist),
        chosen=[Chosen(record.pk, record.version)],
        archive_file_id=shelf.pk,
    )


WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "together.grant_many": (grant_many, Action.GRANT),
    "together.move_many": (move_many, Action.MOVE),
}
