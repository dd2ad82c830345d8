"""Fonds, series, archive files and register cards, from the screens."""

import pytest

from accounts.models import Account
from tests.support.archive import Archive, file, pdf
from vault.holdings.models import ArchiveFile, Fonds, Record, RetentionClass, Series
from vault.holdings.services.arrangement import lay_out_retention

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def new_file(archive: Archive, account: Account, **changes: object):
    entries = {
        "unit": str(archive.hall.pk),
        "series": str(archive.series.pk),
        "year": "2026",
        "title": "二〇二六年检修",
        "label": "internal",
    }
    return archive.client(account).post("/records/archive-files/new/", entries | changes)


def card(archive: Archive, account: Account, label: str = "internal", **changes: object):
    entries = archive.entries(label, title="机要文件一份", place="保密室 2 柜 3 层", pages="12")
    return archive.client(account).post("/records/card/", entries | changes)


# Fonds and series


def test_the_archivist_adds_fonds_and_series_and_nobody_else_does(archive: Archive) -> None:
    """HA-01"""
    client = archive.client(archive.archivist)
    assert (
        client.post("/records/arrangement/fonds/", {"fonds_no": "ｇａ02", "name": "二厂"}).status_code == 302
    )
    fonds = Fonds.objects.get(fonds_no="GA02")
    answer = client.post(
        "/records/arrangement/series/", {"fonds": str(fonds.pk), "code": "KH", "name": "客户档案"}
    )
    assert answer.status_code == 302
    page = client.get("/records/arrangement/").content.decode()
    assert "GA02" in page
    assert "客户档案" in page
    assert "fonds_no" in page
    for account in (archive.clerk, archive.director, archive.officer):
        other = archive.client(account)
        assert "客户档案" in other.get("/records/arrangement/").content.decode()
        assert "fonds_no" not in other.get("/records/arrangement/").content.decode()
        refused = other.post("/records/arrangement/fonds/", {"fonds_no": "X1", "name": "x"})
        assert refused.status_code in {403, 404}
    assert archive.client(archive.auditor).get("/records/arrangement/").status_code in {403, 404}
    assert Fonds.objects.count() == 2


@pytest.mark.parametrize(
    ("code", "status"), [("GAAZ", 400), ("A-1", 400), ("A·1", 400), ("", 400), ("B1", 302)]
)
def test_a_code_is_unique_and_holds_no_separator(archive: Archive, code: str, status: int) -> None:
    """HA-02: hyphen and middle dot separate the parts of an archival code."""
    client = archive.client(archive.archivist)
    answer = client.post("/records/arrangement/fonds/", {"fonds_no": code, "name": "某厂"})
    assert answer.status_code == status
    assert Fonds.objects.count() == (2 if status == 302 else 1)
    if status == 400:
        assert "某厂" in answer.content.decode()


def test_a_beginning_has_the_periods_of_management_records(db: None) -> None:
    """RD-01: permanent, thirty and ten years; what is there already is left alone."""
    lay_out_retention()
    lay_out_retention()
    assert dict(RetentionClass.objects.values_list("code", "years")) == {"Y": None, "D30": 30, "D10": 10}


# Archive files


def test_an_archive_file_is_opened_listed_and_filed_into(archive: Archive) -> None:
    made = new_file(archive, archive.clerk)
    assert made.status_code == 302
    shelf = ArchiveFile.objects.get()
    assert made["Location"] == f"/records/archive-files/{shelf.pk}/"
    filed = file(
        archive,
        archive.clerk,
        ("一.pdf", pdf()),
        title="检修通知",
        archive_file=str(shelf.pk),
        register_now="on",
    )
    assert filed.record.archive_file == shelf
    colleague = archive.client(archive.colleague)
    assert "二〇二六年检修" in colleague.get("/records/archive-files/").content.decode()
    page = colleague.get(made["Location"]).content.decode()
    assert "检修通知" in page
    listed = colleague.get(f"/records/?archive_file={shelf.pk}").content.decode()
    assert "检修通知" in listed
    assert "二〇二六年检修" in listed


def test_an_archive_file_needs_a_label_and_takes_no_classified_one(archive: Archive) -> None:
    """CL-02; classified, it would be known to nobody."""
    assert new_file(archive, archive.clerk, label="").status_code == 400
    assert new_file(archive, archive.clerk, label="secret").status_code == 400
    assert new_file(archive, archive.clerk, unit=str(archive.other_hall.pk)).status_code == 400
    assert not ArchiveFile.objects.exists()


def test_a_secret_in_an_archive_file_hides_it_everywhere_from_the_uncleared(
    archive: Archive, attested: None
) -> None:
    """CL-11: list, page, count, filter and choice; the cleared reader of the secret sees all of them."""
    archive.clear(archive.director, state_level=2, restricted=1)
    new_file(archive, archive.director)
    shelf = ArchiveFile.objects.get()
    client = archive.client(archive.clerk)
    assert "二〇二六年检修" in client.get("/records/archive-files/").content.decode()
    file(archive, archive.director, label="secret", archive_file=str(shelf.pk), register_now="on")
    shelf.refresh_from_db()
    assert shelf.levels.state == 2
    hidden = client.get("/records/archive-files/").content.decode()
    assert "二〇二六年检修" not in hidden
    assert client.get(f"/records/archive-files/{shelf.pk}/").status_code == 404
    assert "二〇二六年检修" not in client.get(f"/records/?archive_file={shelf.pk}").content.decode()
    assert "二〇二六年检修" not in client.get("/records/file/").content.decode()
    knows = archive.client(archive.director)
    page = knows.get(f"/records/archive-files/{shelf.pk}/")
    assert page.status_code == 200
    assert "机密★" in page.content.decode()


def test_an_archive_file_shows_no_higher_label_than_that_of_the_records_one_may_know_of(
    archive: Archive, attested: None
) -> None:
    """PE-05: the rule goes by the highest, and the page and the list do not tell of it."""
    shelf = archive.archive_file("应急预案卷")
    archive.clear(archive.director, state_level=3, enterprise_level=2, restricted=1)
    here = {"archive_file": str(shelf.pk), "register_now": "on"}
    known = [str(archive.cleared.person.pk)]
    file(archive, archive.director, label="confidential", knowers=known, **here)
    reader = archive.client(archive.cleared)

    def shown() -> tuple[str, str]:
        page = reader.get(f"/records/archive-files/{shelf.pk}/")
        listed = reader.get("/records/archive-files/")
        return str(page.context["file"]), str(listed.context["files"])

    before = shown()
    assert "秘密★" in before[0]
    file(archive, archive.director, label="secret", knowers=[str(archive.officer.person.pk)], **here)
    shelf.refresh_from_db()
    assert shelf.levels.state == 2
    assert shown() == before
    assert "机密★" in str(
        archive.client(archive.director).get(f"/records/archive-files/{shelf.pk}/").context["file"]
    )


def test_archive_files_are_paged_by_key(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    from vault.holdings.views import arrangement

    monkeypatch.setattr(arrangement, "PAGE_SIZE", 2)
    for number, year in enumerate((2024, 2026, 2025, 2026, 2023)):
        new_file(archive, archive.clerk, year=str(year), title=f"案卷{number}号")
    client = archive.client(archive.clerk)
    seen: list[str] = []
    address = "/records/archive-files/"
    for _page in range(3):
        text = client.get(address).content.decode()
        seen += [f"案卷{n}号" for n in range(5) if f"案卷{n}号" in text]
        found = text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        address = f"/records/archive-files/{found}"
    assert sorted(seen) == [f"案卷{n}号" for n in range(5)]
    assert set(seen[:2]) == {"案卷1号", "案卷3号"}
    for nonsense in ("?after=x", "?after=2026_", "?after=99999_" + "0" * 32):
        assert client.get(f"/records/archive-files/{nonsense}").status_code == 200


# Register cards


def test_a_state_secret_whose_body_may_not_be_stored_is_a_card_with_its_place(archive: Archive) -> None:
    """P-01: register_only is the default; the upload is refused and says so, the card is kept."""
    archive.clear(archive.clerk, state_level=2, restricted=1)
    client = archive.client(archive.clerk)
    refused = client.post("/records/intake/", archive.entries("secret"))
    assert refused.status_code == 403
    assert refused.json()["code"] == "state-content-closed"
    assert "登记" in refused.json()["errors"]["label"][0]
    made = card(archive, archive.clerk, "secret", register_now="on")
    assert made.status_code == 302
    record = Record.objects.get()
    assert (record.state, record.place, record.page_count) == ("registered", "保密室 2 柜 3 层", 12)
    assert not record.components.exists()
    page = client.get(made["Location"]).content.decode()
    assert "保密室 2 柜 3 层" in page
    assert archive.client(archive.colleague).get(made["Location"]).status_code == 404


@pytest.mark.parametrize("missing", ["title", "place", "label"])
def test_a_card_without_title_place_or_label_is_not_made(archive: Archive, missing: str) -> None:
    """CL-02"""
    answer = card(archive, archive.clerk, **{missing: ""})
    assert answer.status_code == 400
    assert not Record.objects.exists()
    assert card(archive, archive.clerk).status_code == 302


def test_a_card_above_ones_clearance_is_refused_with_the_rule(archive: Archive) -> None:
    answer = card(archive, archive.clerk, "secret")
    assert answer.status_code == 403
    assert "clearance-state" in answer.content.decode()
    assert "机要文件一份" in answer.content.decode()
    assert not Record.objects.exists()


# Registering many drafts


def test_chosen_drafts_are_registered_at_once_each_by_its_own_decision(archive: Archive) -> None:
    mine = file(archive, archive.clerk, *((f"{n}.pdf", pdf(n)) for n in (1, 2, 3))).records
    theirs = file(archive, archive.colleague, ("别人.pdf", pdf(4))).record
    client = archive.client(archive.clerk)
    page = client.get("/records/?state=draft").content.decode()
    assert page.count('name="draft"') == 3
    chosen = [f"{record.pk}:{record.version}" for record in mine[:2]]
    absurd = f"{mine[2].pk}:" + "9" * 5000
    stale = f"{mine[2].pk}:{mine[2].version + 1}"
    done = client.post(
        "/records/register/",
        {"draft": [*chosen, stale, f"{theirs.pk}:{theirs.version}", "nonsense", absurd]},
        follow=True,
    )
    text = done.content.decode()
    assert "已登记 2 件" in text
    assert "有 3 件草稿未登记" in text
    states = [Record.objects.get(pk=record.pk).state for record in (*mine, theirs)]
    assert states == ["registered", "registered", "draft", "draft"]


def test_the_list_offers_registration_only_among_drafts(archive: Archive) -> None:
    file(archive, archive.clerk)
    client = archive.client(archive.clerk)
    assert 'name="draft"' not in client.get("/records/").content.decode()
    assert 'name="draft"' in client.get("/records/?state=draft").content.decode()
    assert (
        'name="draft"' not in archive.client(archive.director).get("/records/?state=draft").content.decode()
    )


def test_series_of_one_fonds_may_repeat_those_of_another(archive: Archive) -> None:
    other = Fonds.objects.create(fonds_no="B1", name="二厂")
    client = archive.client(archive.archivist)
    for fonds, status in ((other, 302), (archive.fonds, 400)):
        answer = client.post(
            "/records/arrangement/series/", {"fonds": str(fonds.pk), "code": "ws", "name": "文书"}
        )
        assert answer.status_code == status
    assert Series.objects.filter(code="WS").count() == 2
