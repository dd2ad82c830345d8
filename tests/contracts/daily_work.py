"""What the services of the daily work do, for the test that walks every service."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from audit import clock
from vault.authorization.actions import Action
from vault.holdings.services import saved_views, together
from vault.holdings.services.together import Chosen

Act = Callable[[], Any]


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


def save_view(stage: Any) -> Act:
    return lambda: saved_views.save_view(
        context=stage.as_(stage.archive.clerk), name="在册", query="state=registered"
    )


def rename_view(stage: Any) -> Act:
    kept = save_view(stage)()
    return lambda: saved_views.rename_view(
        context=stage.as_(stage.archive.clerk), view_id=kept.pk, name="别名"
    )


def drop_view(stage: Any) -> Act:
    kept = save_view(stage)()
    return lambda: saved_views.drop_view(context=stage.as_(stage.archive.clerk), view_id=kept.pk)


WALKED: dict[str, tuple[Callable[[Any], Act], Action]] = {
    "together.grant_many": (grant_many, Action.GRANT),
    "together.move_many": (move_many, Action.MOVE),
    "saved_views.save_view": (save_view, Action.KEEP_VIEW),
    "saved_views.rename_view": (rename_view, Action.KEEP_VIEW),
    "saved_views.drop_view": (drop_view, Action.KEEP_VIEW),
}
