"""Telling, reading, the list and the bell."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from audit import clock, outbox
from audit.models import Event
from tests.notices.conftest import one
from tests.support.archive import Archive, file, newest
from vault.authorization.context import of_account
from vault.authorization.errors import Absent
from vault.authorization.levels import INTERNAL, Levels
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import LabelDecision, Record
from vault.holdings.services import labelling
from vault.holdings.telling import Topic
from vault.notices import context, errors, selectors, services, topics
from vault.notices.models import Notice
from vault.notices.rules import reference_of

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def tell(*accounts: Account, reference: str = "R-1A2B3C4D", **changes: object) -> None:
    given = {
        "persons": [account.person for account in accounts],
        "topic": Topic.LABEL_WAITS,
        "reference": reference,
        "path": "/records/",
        "now": clock.now(),
    } | changes
    with transaction.atomic():
        services.tell(**given)


# Telling


def test_each_person_is_told_once_until_he_has_read_it(archive: Archive) -> None:
    tell(archive.clerk, archive.director, archive.clerk)
    tell(archive.clerk, archive.director)
    assert sorted(n.person_id for n in Notice.objects.all()) == sorted(
        [archive.clerk.person_id, archive.director.person_id]
    )
    services.mark_all_read(context=of_account(archive.clerk))
    tell(archive.clerk, archive.director)
    assert Notice.objects.filter(person=archive.clerk.person).count() == 2
    assert Notice.objects.filter(person=archive.director.person).count() == 1


def test_another_reference_topic_or_page_is_another_notice(archive: Archive) -> None:
    tell(archive.clerk)
    tell(archive.clerk, reference="R-2")
    tell(archive.clerk, topic=Topic.LABEL_DECIDED)
    tell(archive.clerk, path="/incidents/report/")
    assert Notice.objects.count() == 4


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reference": "R-1\nBcc: x@example.com"}, errors.BadReference),
        ({"reference": "关于机房的通知"}, errors.BadReference),
        ({"topic": "nothing-registered"}, errors.BadTopic),
        ({"path": "https://example.com/"}, errors.BadPath),
        ({"path": "/records/?q=x"}, errors.BadPath),
        ({"path": "/no/such/page/"}, errors.BadPath),
    ],
)
def test_what_says_more_than_a_reference_is_not_told(
    archive: Archive, changes: dict[str, object], error: type[Exception]
) -> None:
    """RQ-16"""
    with pytest.raises(error):
        tell(archive.clerk, **changes)
    assert not Notice.objects.exists()


def test_nothing_is_told_outside_the_change_that_it_speaks_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(errors.OutsideTransaction):
        services.tell(persons=[], topic=Topic.LABEL_WAITS, reference="R-1", path="/", now=clock.now())


def test_what_is_rolled_back_was_not_told(archive: Archive) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(archive.clerk)
        raise ZeroDivisionError
    assert not Notice.objects.exists()


def test_a_topic_keeps_its_code_to_itself() -> None:
    known = topics.registered()
    topics.register(*known)
    assert topics.registered() == known
    for code in (known[0].code, "Bad Code", ""):
        with pytest.raises(errors.BadTopic):
            topics.register(topics.Topic(code, _("Notice"), _("Notices")))
    assert topics.registered() == known


def test_each_topic_s_sentences_take_the_reference_and_nothing_else() -> None:
    """RQ-16: nobody can put a title into them, in either language."""
    for topic in topics.registered():
        for language in ("zh-hans", "en"):
            with translation.override(language):
                sentences = f"{topic.subject} {topic.line}"
                assert set(re.findall(r"%(?:\(\w+\))?.", sentences)) == {"%(reference)s"}
                assert "R-1A2B3C4D" in topics.say(topic.code, "R-1A2B3C4D").line


def test_a_notice_of_a_topic_that_is_gone_is_still_read(archive: Archive) -> None:
    Notice.objects.create(
        person=archive.clerk.person, topic="gone", reference="R-9", path="/records/", at=clock.now()
    )
    assert "R-9" in archive.client(archive.clerk).get("/notices/").content.decode()


# Reading


def test_only_one_s_own_notice_is_marked(archive: Archive) -> None:
    """PE-05: another's is as absent as what never was."""
    tell(archive.clerk)
    for notice_id in (one().pk, uuid4()):
        with pytest.raises(Absent):
            services.mark_read(context=of_account(archive.director), notice_id=notice_id)
    assert one().read_at is None
    marked = services.mark_read(context=of_account(archive.clerk), notice_id=one().pk)
    assert marked.read_at is not None
    again = services.mark_read(context=of_account(archive.clerk), notice_id=one().pk)
    assert again.read_at == marked.read_at


def test_the_bell_counts_and_leads_to_the_list(archive: Archive) -> None:
    client = archive.client(archive.clerk)
    tell(archive.clerk)
    tell(archive.clerk, reference="R-2", now=clock.now() + timedelta(seconds=1))
    page = client.get("/records/").content.decode()
    bell = re.search(r'<a class="btn small bell[^>]*href="/notices/".*?</a>', page, re.DOTALL)
    assert bell
    assert bell[0].endswith("</span>2</a>")
    listed = client.get("/notices/").content.decode()
    assert listed.index("R-2") < listed.index("R-1A2B3C4D")
    answer = client.post(f"/notices/{Notice.objects.get(reference='R-2').pk}/read/", {"go": "1"})
    assert (answer.status_code, answer["Location"]) == (302, "/records/")
    assert client.post("/notices/read/")["Location"] == "/notices/"
    page = client.get("/notices/").content.decode()
    assert 'bell square"' in page
    assert "R-2" in page
    assert "/read/" not in page


def test_an_officer_has_notices_too(archive: Archive) -> None:
    tell(archive.auditor)
    assert "R-1A2B3C4D" in archive.client(archive.auditor).get("/notices/").content.decode()
    assert "R-1A2B3C4D" not in archive.client(archive.system).get("/notices/").content.decode()


def test_pages_of_the_list_lead_through_all_of_it_and_back(archive: Archive) -> None:
    start = clock.now()
    for number in range(7):
        tell(archive.clerk, reference=f"R-{number}", now=start + timedelta(seconds=number))
    tell(archive.director)
    viewer = of_account(archive.clerk)

    def read(page: selectors.Page) -> str:
        return "".join(notice.reference[-1] for notice in page.notices)

    first = selectors.page(viewer, size=3)
    second = selectors.page(viewer, before=first.older, size=3)
    last = selectors.page(viewer, before=second.older, size=3)
    assert [read(first), read(second), read(last)] == ["654", "321", "0"]
    assert (first.newer, last.older) == (None, None)
    back = selectors.page(viewer, after=last.newer, size=3)
    assert read(back) == "321"
    front = selectors.page(viewer, after=back.newer, size=3)
    assert (read(front), front.newer) == ("654", None)
    assert front.older == first.older
    assert selectors.page(viewer, after=first.notices[0].pk) == selectors.Page((), None, None)


@pytest.mark.parametrize("query", ["?before=x", "?after=", "?before=00000000-0000-0000-0000-000000000000"])
def test_a_key_that_somebody_typed_does_no_harm(archive: Archive, query: str) -> None:
    assert archive.client(archive.clerk).get(f"/notices/{query}").status_code == 200


def test_the_bell_costs_one_query_and_only_a_page_that_shows_it(
    archive: Archive, django_assert_num_queries
) -> None:
    tell(archive.clerk)
    viewer = of_account(archive.clerk)
    assert viewer.subject.duties  # read once for the whole request
    with django_assert_num_queries(0):
        bell = context._notices(viewer)
    with django_assert_num_queries(1):
        assert bell["unread"] == 1


# What the holdings tell


@pytest.fixture
def proposed(archive: Archive, attested: None) -> Record:
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    return file(
        archive,
        archive.clerk,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        period_kind="years",
        period_number="5",
        title="机房平面图",
    ).record


def register(archive: Archive, record: Record) -> None:
    answer = archive.client(archive.clerk).post(
        f"/records/{record.pk}/register/", {"version": record.version}
    )
    assert answer.status_code == 302


def test_a_named_decider_is_told_when_he_can_decide(archive: Archive, proposed: Record) -> None:
    """A draft is not decided yet."""
    assert not Notice.objects.exists()
    register(archive, proposed)
    notice = one()
    assert (notice.person, notice.topic) == (archive.officer.person, Topic.LABEL_WAITS)
    assert notice.reference == reference_of(proposed.pk)
    assert archive.client(archive.officer).get(notice.path).status_code == 200
    listed = archive.client(archive.officer).get("/notices/").content.decode()
    assert notice.reference in listed
    assert "机房平面图" not in listed


@pytest.mark.parametrize("decision", ["confirm", "refuse"])
def test_the_proposer_is_told_of_the_decision_and_not_which(
    archive: Archive, proposed: Record, decision: str
) -> None:
    register(archive, proposed)
    assert one().read_at is None
    entries = {"proposal": str(newest(proposed).pk), "decision": decision, "reason": "期限依据不足"}
    answer = archive.client(archive.officer).post(f"/records/{proposed.pk}/label/decision/", entries)
    assert answer.status_code == 302
    notice = Notice.objects.get(read_at=None)  # what waited for the decider is settled
    assert (notice.person, notice.topic) == (archive.clerk.person, Topic.LABEL_DECIDED)
    assert archive.client(archive.clerk).get(notice.path).status_code == 200


def test_a_lower_label_of_a_registered_record_waits_for_its_decider_at_once(archive: Archive) -> None:
    record = file(archive, archive.clerk, label="internal", register_now="on").record
    propose = {
        "context": of_account(archive.director),
        "record_id": record.pk,
        "originator": None,
    }
    labelling.propose_label(
        **propose,
        label=LabelProposal(levels=INTERNAL, source=None, issued_on=None),
        decider=None,
    )
    assert not Notice.objects.exists()
    labelling.propose_label(
        **propose,
        label=LabelProposal(levels=Levels(), source=None, issued_on=None, has_decider=True),
        decider=archive.officer.person,
    )
    assert newest(record).status == "proposed"
    assert one().path == reverse("holdings:decide_label", args=[record.pk])


def test_a_decision_that_is_refused_tells_nobody(archive: Archive, proposed: Record) -> None:
    register(archive, proposed)
    before = Notice.objects.count()
    answer = archive.client(archive.officer).post(
        f"/records/{proposed.pk}/label/decision/", {"proposal": str(uuid4()), "decision": "confirm"}
    )
    assert answer.status_code != 302
    assert Notice.objects.count() == before
    assert LabelDecision.objects.count() == 1


def test_marking_is_in_the_log(archive: Archive) -> None:
    tell(archive.clerk)
    services.mark_read(context=of_account(archive.clerk), notice_id=one().pk)
    while outbox.relay():
        pass
    event = Event.objects.get(action="notices:notice:mark", phase="outcome")
    assert (event.outcome, event.person) == ("granted", str(archive.clerk.person_id))


def test_what_was_told_stays(archive: Archive) -> None:
    """The database itself refuses to change what somebody was told."""
    tell(archive.clerk)

    def touch(change) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    rows = Notice
    touch(lambda: rows.objects.update(reference="R-2"))
    touch(lambda: rows.objects.update(person=archive.director.person))
    touch(lambda: rows.objects.all()._raw_delete("default"))
    assert rows.objects.update(read_at=clock.now()) == 1
