"""Two people at one draft: nothing is overwritten, and nothing is told that one may not know."""

import pytest

from tests.support.archive import Archive, file
from vault.authorization.context import of_account
from vault.authorization.levels import Levels
from vault.holdings import errors
from vault.holdings.access_classes import set_levels
from vault.holdings.services.filing import edit_draft

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_two_people_editing_one_draft_do_not_overwrite_each_other(archive: Archive) -> None:
    record = file(archive, archive.clerk, title="初稿").record
    changes = {"title": "改过"}
    edit_draft(
        context=of_account(archive.clerk), record_id=record.pk, version=record.version, changes=changes
    )
    with pytest.raises(errors.ChangedMeanwhile):
        edit_draft(
            context=of_account(archive.clerk),
            record_id=record.pk,
            version=record.version,
            changes={"title": "另改"},
        )
    record.refresh_from_db()
    assert record.title == "改过"
    stale = archive.client(archive.clerk).post(
        f"/records/{record.pk}/edit/",
        {
            "version": "1",
            "title": "乙的题名",
            "record_date": "2026-10-09",
            "series": str(archive.series.pk),
            "retention_class": str(archive.retention.pk),
        },
    )
    assert stale.status_code == 409
    # Both texts stand side by side, and the form keeps what was typed.
    assert '<td class="wrap">改过</td><td class="wrap">乙的题名</td>' in stale.content.decode()
    assert 'value="乙的题名"' in stale.content.decode()


def test_a_conflict_does_not_name_an_archive_file_hidden_from_the_author(
    archive: Archive, attested: None
) -> None:
    """PE-05, CL-11: a secret filed into it hides it from whoever filed a draft there before."""
    shelf = archive.archive_file("春季专项行动")
    draft = file(archive, archive.clerk, archive_file=str(shelf.pk)).record
    set_levels(shelf, Levels(state=2, restricted=1))
    shelf.save()
    stale = archive.client(archive.clerk).post(
        f"/records/{draft.pk}/edit/",
        {
            "version": "99",
            "title": "乙的题名",
            "record_date": "2026-10-09",
            "series": str(archive.series.pk),
            "retention_class": str(archive.retention.pk),
        },
    )
    assert stale.status_code == 409
    assert "春季专项行动" not in stale.content.decode()
