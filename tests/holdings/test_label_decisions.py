"""A second person's decision on a label: what he is shown, what he answers, and where the answer arrives."""

from datetime import date

import pytest

from accounts import services
from accounts.models import Account
from accounts.rules import Duty
from audit import clock, events, outbox
from audit.models import Event
from tests.support.archive import Archive, file, newest
from vault.authorization.levels import Levels
from vault.holdings import errors, selectors
from vault.holdings.labelling import LabelProposal
from vault.holdings.models import KnowledgeEntry, LabelDecision, Record
from vault.holdings.rules import LabelSource, Period, PeriodKind
from vault.holdings.services import filing, labelling

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def proposer(archive: Archive) -> Account:
    archive.clear(archive.clerk, enterprise_level=2, restricted=1)
    return archive.clerk


@pytest.fixture
def proposed(archive: Archive, proposer: Account, attested: None) -> Record:
    """A core secret that waits for the classification officer."""
    return file(
        archive,
        proposer,
        label="core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        period_kind="years",
        period_number="5",
        title="机房平面图",
        register_now="on",
    ).record


def decide(archive: Archive, record: Record, **answer: str):
    entries = {"proposal": str(newest(record).pk)} | answer
    return archive.client(archive.officer).post(f"/records/{record.pk}/label/decision/", entries)


def test_a_label_is_sent_back_with_a_reason_of_its_own(
    archive: Archive, proposer: Account, proposed: Record
) -> None:
    """CL-03: the reason stands beside the basis, not in it, and the proposer finds it on his worklist."""
    basis = proposed.label_decisions.get().basis
    assert decide(archive, proposed, decision="refuse").status_code == 400
    assert decide(archive, proposed, decision="refuse", reason="期限依据不足").status_code == 302
    last = LabelDecision.objects.filter(record=proposed).order_by("-number").first()
    assert (last.status, last.basis, last.reason) == ("refused", basis, "期限依据不足")
    client = archive.client(proposer)
    home = client.get("/").content.decode()
    assert "期限依据不足" in home
    assert "机房平面图" in home
    assert "期限依据不足" in client.get(f"/records/{proposed.pk}/").content.decode()
    # CL-05: sent back, it protects all the same.
    proposed.refresh_from_db()
    assert proposed.levels.enterprise == 2


def test_what_was_sent_back_leaves_the_worklist_with_the_next_proposal(
    archive: Archive, proposer: Account, proposed: Record
) -> None:
    decide(archive, proposed, decision="refuse", reason="期限依据不足")
    assert "期限依据不足" in archive.client(proposer).get("/").content.decode()
    labelling.propose_label(
        context=archive.context(archive.officer),
        record_id=proposed.pk,
        label=_core_again(),
        originator=None,
        decider=archive.cleared.person,
    )
    assert "期限依据不足" not in archive.client(proposer).get("/").content.decode()


def test_whoever_proposed_what_was_sent_back_proposes_anew(
    archive: Archive, proposer: Account, proposed: Record
) -> None:
    """CL-03: it waits for him and for nobody else, so he must be able to answer it."""
    page, address = f"/records/{proposed.pk}/", f"/records/{proposed.pk}/label/"
    client = archive.client(proposer)
    assert address not in client.get(page).content.decode()
    decide(archive, proposed, decision="refuse", reason="期限依据不足")
    assert address in client.get(page).content.decode()
    labelling.propose_label(
        context=archive.context(proposer),
        record_id=proposed.pk,
        label=_core_again(),
        originator=None,
        decider=archive.officer.person,
    )
    assert newest(proposed).status == "proposed"
    assert "机房平面图" in archive.client(archive.officer).get("/").content.decode()


def test_every_label_that_waits_is_on_the_deciders_home_page(
    archive: Archive, proposer: Account, attested: None, proposed: Record
) -> None:
    """Interface 1.1: no other page finds them."""
    for number in range(9):
        file(
            archive,
            proposer,
            label="core",
            source="proposed",
            received_mark="",
            decider=str(archive.officer.person.pk),
            period_kind="years",
            period_number="5",
            title=f"平面图 {number}",
            register_now="on",
        )
    home = archive.client(archive.officer).get("/").content.decode()
    assert all(f"平面图 {number}" in home for number in range(9))
    assert "核心商密 5年" in home


def test_a_lower_proposal_is_shown_beside_the_level_in_force(
    archive: Archive, proposer: Account, proposed: Record
) -> None:
    """The decider sees both what is proposed and what protects until he has decided."""
    decide(archive, proposed, decision="refuse", reason="只涉及普通商密")
    labelling.propose_label(
        context=archive.context(archive.officer),
        record_id=proposed.pk,
        label=_core_again(enterprise=1),
        originator=None,
        decider=archive.cleared.person,
    )
    page = archive.client(archive.officer).get(f"/records/{proposed.pk}/label/decision/").content.decode()
    versus = page[page.index('class="versus"') :]
    assert versus.index("核心商密") < versus.index("普通商密")


def _core_again(enterprise: int = 2) -> LabelProposal:
    return LabelProposal(
        levels=Levels(enterprise=enterprise, restricted=1),
        source=LabelSource.PROPOSED,
        issued_on=date(2026, 9, 18),
        period=Period(PeriodKind.YEARS, 3),
        basis="保密事项范围 4.1",
        has_originator=True,
        has_decider=True,
    )


def test_nobody_passes_the_second_person_by_calling_our_own_mark_received(
    archive: Archive, attested: None
) -> None:
    """P-06: a state secret enters as received from another authority, or waits for a decision."""
    archive.clear(archive.clerk, state_level=2, restricted=1)
    client = archive.client(archive.clerk)
    own = client.post("/records/intake/", archive.entries("secret", originator=str(archive.company.pk)))
    assert own.status_code == 400
    assert set(own.json()["errors"]) == {"originator"}
    assert client.post("/records/intake/", archive.entries("secret")).status_code == 201


def test_a_proposal_changed_behind_the_deciders_back_is_not_what_he_confirms(
    archive: Archive, proposer: Account, proposed: Record
) -> None:
    """PE-06, CL-04: a decision is on the proposal that was shown; else its proposer would lower the label alone."""
    shown = newest(proposed)
    director = archive.add(Duty.HALL_DIRECTOR, archive.hall)
    archive.clear(director, enterprise_level=2, restricted=1)
    KnowledgeEntry.objects.create(
        record=proposed, person=director.person, named_by=proposer.person, starts_at=clock.now()
    )
    swapped = LabelProposal(
        levels=Levels(), source=None, issued_on=None, has_originator=True, has_decider=True
    )
    labelling.propose_label(
        context=archive.context(director),
        record_id=proposed.pk,
        label=swapped,
        originator=None,
        decider=archive.officer.person,
    )
    stale = decide(archive, proposed, decision="confirm", proposal=str(shown.pk))
    assert stale.status_code == 409
    assert str(newest(proposed).pk) in stale.content.decode()
    proposed.refresh_from_db()
    assert proposed.levels.enterprise == 2
    assert archive.client(archive.stranger).get(f"/records/{proposed.pk}/").status_code == 404
    # Shown the new one, he may still decide it.
    assert decide(archive, proposed, decision="refuse", reason="仍属核心商密").status_code == 302


def test_a_decision_without_the_proposal_it_is_about_is_refused(archive: Archive, proposed: Record) -> None:
    assert decide(archive, proposed, decision="confirm", proposal="").status_code == 400
    assert newest(proposed).status == "proposed"


def test_the_log_tells_what_was_proposed_and_decided(archive: Archive, proposed: Record) -> None:
    """AU-01: former and proposed label, the decision and its number; the label in force stands open to search."""
    decide(archive, proposed, decision="confirm")
    while outbox.relay():
        pass
    told = Event.objects.get(action="holdings:record:decide_label", phase="outcome")
    assert (told.object_id, told.label) == (str(proposed.pk), "S0.E2.R1")
    sealed = events.unseal(told.document, bytes(told.ciphertext))
    assert (sealed["former"], sealed["proposed"]) == ("S0.E2.R1", "S0.E2.R1")
    assert (sealed["decision"], sealed["number"]) == ("decided", "2")


def test_a_proposal_to_open_an_internal_record_reaches_its_decider_and_is_decided(archive: Archive) -> None:
    """CL-03: from the proposer's page to the second person's worklist and decision; until then nothing is lower."""
    record = file(archive, archive.clerk, title="供气须知", register_now="on").record
    keeper, officer = archive.client(archive.director), archive.client(archive.officer)
    address = f"/records/{record.pk}/label/"
    page = keeper.get(address).content.decode()
    decider = page[: page.index('name="decider"')].rpartition('<div class="field')[2]
    assert "if-classified" not in decider
    refused = keeper.post(address, {"label": "open"})
    assert refused.status_code == 400
    assert "decider" in refused.context["form"].errors
    assert officer.get(f"/records/{record.pk}/").status_code == 404
    assert (
        keeper.post(address, {"label": "open", "decider": str(archive.officer.person.pk)}).status_code == 302
    )
    shown = keeper.get(f"/records/{record.pk}/").content.decode()
    assert "决定前仍按原密级保护" in shown
    assert archive.client(archive.stranger).get(f"/records/{record.pk}/").status_code == 404
    assert "供气须知" in officer.get("/").content.decode()
    assert decide(archive, record, decision="confirm").status_code == 302
    record.refresh_from_db()
    assert record.levels == Levels()
    assert "待定密" not in officer.get("/").content.decode()
    assert archive.client(archive.stranger).get(f"/records/{record.pk}/").status_code == 200


def test_what_must_be_scanned_is_not_raised_unscanned(archive: Archive, proposer: Account, settings) -> None:
    """PF-04: raising a label is filing under it."""
    archive.sit()
    record = file(archive, proposer, title="机房平面图", register_now="on").record
    archive.clear(archive.director, enterprise_level=2, restricted=1)
    raised = {"context": archive.context(archive.director), "record_id": record.pk}
    raised |= {"label": _core_again(), "originator": None, "decider": archive.officer.person}
    settings.JINGUI_REFUSE_UNSCANNED_CLASSIFIED = True
    with pytest.raises(errors.NotScanned):
        labelling.propose_label(**raised)
    settings.JINGUI_REFUSE_UNSCANNED_CLASSIFIED = False
    labelling.propose_label(**raised)
    record.refresh_from_db()
    assert record.levels.enterprise == 2


@pytest.fixture
def received(archive: Archive, attested: None) -> Record:
    """A core enterprise secret received from outside, so decided as it was filed; the hall director knows of it."""
    director = archive.extra.setdefault("director", archive.add(Duty.HALL_DIRECTOR, archive.hall))
    for account in (archive.clerk, director, archive.officer):
        archive.clear(account, enterprise_level=2, restricted=1)
    return file(archive, archive.clerk, label="core", knowers=[str(director.person.pk)]).record


def propose(archive: Archive, record: Record, label: LabelProposal, *, decider: bool = True) -> LabelDecision:
    return labelling.propose_label(
        context=archive.context(archive.extra["director"]),
        record_id=record.pk,
        label=label,
        originator=None,
        decider=archive.officer.person if decider else None,
    )


def test_a_decided_label_typed_wrongly_is_put_right_by_two(archive: Archive, received: Record) -> None:
    """CL-03, PE-06: the history keeps both; one person's word changes nothing that was decided."""
    assert newest(received).status == "decided"
    with pytest.raises(errors.FormRefused) as refused:
        propose(archive, received, _core_again(), decider=False)
    assert set(refused.value.fields) == {"decider"}
    assert propose(archive, received, _core_again()).status == "proposed"
    # Nor by a second proposal of the same person while the first one waits, or after it was sent back.
    with pytest.raises(errors.FormRefused):
        propose(archive, received, _core_again(), decider=False)
    page = archive.client(archive.extra["director"]).get(f"/records/{received.pk}/").content.decode()
    assert "核心商密 3年" not in page[page.index('class="banner') : page.index("<h1>")]
    register(archive, received)
    page = archive.client(archive.officer).get(f"/records/{received.pk}/label/decision/").content.decode()
    versus = page[page.index('class="versus"') :]
    assert versus.index("核心商密</span>") < versus.index("核心商密 3年</span>")
    assert decide(archive, received, decision="confirm").status_code == 302
    assert newest(received).status == "decided"
    assert received.label_decisions.filter(decider=archive.officer.person, status="decided").count() == 1


def test_a_correction_sent_back_leaves_the_decided_label_on_the_page(
    archive: Archive, received: Record
) -> None:
    """CL-03: what was refused holds nowhere."""
    register(archive, received)
    propose(archive, received, _core_again())
    assert decide(archive, received, decision="refuse", reason="原标志正确").status_code == 302
    page = archive.client(archive.extra["director"]).get(f"/records/{received.pk}/").content.decode()
    assert "核心商密 3年" not in page[page.index('class="banner') : page.index("<h1>")]
    assert "已退回，原密级不变" in page
    with pytest.raises(errors.FormRefused):
        propose(archive, received, _core_again(), decider=False)


def register(archive: Archive, record: Record) -> None:
    filing.register(context=archive.context(archive.clerk), record_id=record.pk, version=record.version)
    record.refresh_from_db()


def test_a_lower_label_is_proposed_in_a_draft_and_changes_nothing_until_decided(
    archive: Archive, received: Record
) -> None:
    """CL-05: until somebody else has decided, the higher level protects."""
    assert propose(archive, received, _core_again(enterprise=1)).status == "proposed"
    received.refresh_from_db()
    assert received.levels.enterprise == 2


def test_a_registered_records_decided_label_is_not_lowered_by_a_proposal(
    archive: Archive, received: Record
) -> None:
    register(archive, received)
    with pytest.raises(errors.LoweredOnceRegistered):
        propose(archive, received, _core_again(enterprise=1))
    assert propose(archive, received, _core_again()).status == "proposed"
    with pytest.raises(errors.LoweredOnceRegistered):
        propose(archive, received, _core_again(enterprise=1))


def test_whose_duty_was_taken_away_is_no_longer_offered_as_decider(
    archive: Archive, proposer: Account, attested: None
) -> None:
    """PE-08, PE-02: named as decider he would stand on the need-to-know list of what he may no longer decide."""
    asked = archive.entries(
        "core",
        source="proposed",
        received_mark="",
        decider=str(archive.officer.person.pk),
        period_kind="years",
        period_number="5",
    )
    client = archive.client(proposer)
    assert client.post("/records/intake/", asked).status_code == 201
    services.end_appointment(actor=archive.security, appointment=archive.officer.person.appointments.get())
    refused = client.post("/records/intake/", asked)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["decider"])
    # And whoever was an officer of the system until today is a colleague like any other.
    archive.add(Duty.AUDITOR)
    watch = archive.auditor.person.appointments.get()
    assert archive.auditor.person not in selectors.nameable_persons(excluding=archive.clerk.person)
    services.end_appointment(actor=archive.security, appointment=watch)
    assert archive.auditor.person in selectors.nameable_persons(excluding=archive.clerk.person)
