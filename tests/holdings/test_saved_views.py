"""Filters of the list kept under a name: one's own, checked anew when they are opened."""

import pytest
from django.db import connection

from audit import outbox
from audit.models import Event
from tests.support.archive import Archive, file
from vault.authorization.actions import Action
from vault.authorization.context import of_account
from vault.authorization.levels import INTERNAL
from vault.holdings import errors
from vault.holdings.access_classes import set_levels
from vault.holdings.models import SavedView
from vault.holdings.services import saved_views

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_view_is_kept_opened_renamed_and_deleted(archive: Archive) -> None:
    """Interface 3: saved views, from the list and back to it, each change with its event."""
    file(archive, archive.clerk, register_now="on")
    file(archive, archive.clerk)
    client = archive.client(archive.clerk)
    listed = client.get("/records/", {"state": "registered"}).content.decode()
    assert "/records/views/?state=registered" in listed
    assert client.get("/records/views/?state=registered").context["query"] == "state=registered"
    assert client.post("/records/views/", {"name": "在册", "query": "state=registered"}).status_code == 302
    (shown,) = client.get("/records/views/").context["views"]
    assert shown["name"] == "在册"
    opened = client.get(shown["url"])
    assert [row["state_kind"] for row in opened.context["records"]] == ["info"]
    client.post(shown["rename_url"], {"name": "已登记"})
    assert client.get("/records/views/").context["views"][0]["name"] == "已登记"
    assert client.post(shown["drop_url"]).status_code == 302
    assert client.get("/records/views/").context["views"] == []
    outbox.relay()
    ended = Event.objects.filter(action=Action.KEEP_VIEW.value, phase="outcome", outcome="granted")
    assert ended.count() == 3


def test_two_views_of_one_name_are_refused_and_another_s_name_is_free(archive: Archive) -> None:
    """Two of one name cannot be told apart, when made or when renamed; its own name a view may keep."""
    clerk, colleague = (of_account(one) for one in (archive.clerk, archive.colleague))
    first = saved_views.save_view(context=clerk, name="在册", query="state=registered")
    other = saved_views.save_view(context=clerk, name="草稿", query="state=draft")
    saved_views.save_view(context=colleague, name="在册", query="state=registered")
    with pytest.raises(errors.ViewNameTaken):
        saved_views.save_view(context=clerk, name=" 在册 ", query="state=draft")
    with pytest.raises(errors.ViewNameTaken):
        saved_views.rename_view(context=clerk, view_id=other.pk, name="在册")
    saved_views.rename_view(context=clerk, view_id=first.pk, name="在册 ")
    assert sorted(view.query for view in SavedView.objects.all()) == [
        "state=draft",
        *["state=registered"] * 2,
    ]


def test_a_view_says_in_words_what_it_narrows_to(archive: Archive) -> None:
    """When it is kept and afterwards; under a name alone nobody knew what he kept. PE-05: no title of a hidden file."""
    hidden = archive.archive_file("绝不可见")
    hidden.unit = archive.other_hall
    set_levels(hidden, INTERNAL)
    hidden.save()
    known = archive.archive_file("本厅案卷")
    query = f"unit={archive.hall.pk}&state=registered&archive_file={hidden.pk}"
    client = archive.client(archive.clerk)
    asked = client.get(f"/records/views/?{query}")
    said = [f"单位: {archive.hall.name}", "状态: 已登记"]
    assert asked.context["query_said"] == said
    client.post("/records/views/", {"name": "本厅", "query": query})
    page = client.get("/records/views/")
    assert page.context["views"][0]["said"] == said
    own = client.get(f"/records/views/?archive_file={known.pk}")
    assert own.context["query_said"] == ["案卷: 本厅案卷"]
    for shown in (asked, page):
        assert "绝不可见" not in shown.content.decode()
        assert "状态: 已登记" in shown.content.decode()


def test_nobody_sees_or_changes_another_s(archive: Archive) -> None:
    """PE-05: another's is as absent as what never was."""
    kept = saved_views.save_view(context=of_account(archive.clerk), name="我的", query="state=draft")
    client = archive.client(archive.colleague)
    assert client.get("/records/views/").context["views"] == []
    for step in ("rename", "delete"):
        assert client.post(f"/records/views/{kept.pk}/{step}/", {"name": "x"}).status_code == 404
    kept.refresh_from_db()
    assert kept.name == "我的"
    failed = Event.objects.filter(action=Action.KEEP_VIEW.value, outcome="failed", rule="absent")
    assert failed.count() == 2


def test_only_filters_that_the_list_offers_are_kept_and_opening_asks_the_rule_anew(archive: Archive) -> None:
    client = archive.client(archive.clerk)
    odd = "state=registered&unit=x&label=nothing&next=//evil.example&after=2026-01-01_x&year=2026"
    client.post("/records/views/", {"name": "一", "query": odd})
    assert SavedView.objects.get().query == "state=registered&year=2026"
    # What was stored otherwise is read by the list as any address is.
    kept = SavedView.objects.get()
    kept.query = "state=nonsense&unit=x"
    kept.save()
    (shown,) = client.get("/records/views/").context["views"]
    opened = client.get(shown["url"])
    assert (opened.status_code, opened.context["filtered"]) == (200, False)


def test_without_a_name_or_a_filter_nothing_is_kept(archive: Archive) -> None:
    client = archive.client(archive.clerk)
    for name in ("", " ", "a\nb", "x" * 121):
        answer = client.post("/records/views/", {"name": name, "query": "state=draft"})
        assert answer.status_code == 400
        assert answer.context["query"] == "state=draft"
    kept = saved_views.save_view(context=of_account(archive.clerk), name="一", query="state=draft")
    client.post(f"/records/views/{kept.pk}/rename/", {"name": ""})
    assert SavedView.objects.get().name == "一"


def test_there_is_an_end_to_it(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST", 1)
    saved_views.save_view(context=of_account(archive.clerk), name="一", query="")
    with pytest.raises(errors.TooManyViews):
        saved_views.save_view(context=of_account(archive.clerk), name="二", query="")
    saved_views.save_view(context=of_account(archive.colleague), name="二", query="")


def test_neither_name_nor_filters_are_readable_on_disk(archive: Archive) -> None:
    """Invariant 1"""
    saved_views.save_view(context=of_account(archive.clerk), name="绝不外传", query="state=draft")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, query FROM holdings_savedview")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert "绝不外传".encode() not in stored
    assert b"draft" not in stored
