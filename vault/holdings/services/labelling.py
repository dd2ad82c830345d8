"""Deciding a proposed label, proposing another, and moving a record to another effective label."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from accounts.exclusions import part_in
from accounts.models import Account, Person, Unit
from audit import clock, outbox
from audit.events import ObjectFacts
from storage import blobs
from vault.authorization import gate, grants
from vault.authorization.actions import Action
from vault.authorization.asked import Prospect
from vault.authorization.context import Context
from vault.authorization.decision import Deny
from vault.authorization.levels import Levels, compartment
from vault.authorization.permit import Permit
from vault.holdings import errors, listeners, telling, widening
from vault.holdings.access_classes import set_levels
from vault.holdings.binding import record_binding
from vault.holdings.keepers import has_keeper
from vault.holdings.labelling import LabelProposal, problems
from vault.holdings.labels import PROBLEMS
from vault.holdings.models import (
    ComponentVersion,
    KnowledgeEntry,
    LabelDecision,
    Record,
    RecordUserPermission,
)
from vault.holdings.rules import LabelSource, LabelStatus, RecordState
from vault.holdings.services import knowledge
from vault.holdings.services.filing import raise_archive_file, write_label
from vault.holdings.services.intake import must_be_scanned
from vault.holdings.services.journal import change, note

TO_DECIDE = timedelta(
    days=30
)  # how long a named decider sees a record for that alone, and a proposer may propose anew


def decide_label(
    *, context: Context, record_id: UUID, proposal_id: UUID, confirm: bool, reason: str = ""
) -> LabelDecision:
    """A second person confirms the proposed label, which then holds, or sends it back and nothing is lowered.

    A state secret that we proposed ourselves cannot be decided here without an authority of our own (P-06):
    it waits for the answer from above. `proposal_id` is the row that the decider was shown; rows never change, so
    its id stands for all that it says. Raises WrongState, FormRefused, ChangedMeanwhile for another proposal.
    """
    record, permit = gate.fetch(context, Action.DECIDE_LABEL, Record, record_id)
    with change(permit):
        record = Record.objects.select_for_update().get(pk=record.pk)
        proposal = record.label_decisions.order_by("-number").first()
        if proposal is None or proposal.status != LabelStatus.PROPOSED:
            raise errors.WrongState
        if proposal.pk != proposal_id:
            raise errors.ChangedMeanwhile
        if part_in(context.subject.person_id, acted=[proposal.proposer_id]) is not None:
            raise errors.FormRefused(None, decision=["proposer-is-not-decider"])
        if (
            confirm
            and proposal.state_level
            and proposal.source == LabelSource.PROPOSED
            and proposal.state_level > settings.JINGUI_CLASSIFICATION_AUTHORITY
        ):
            raise errors.NoAuthority
        decision = _copy(proposal)
        decision.number = proposal.number + 1
        decision.status = LabelStatus.DECIDED if confirm else LabelStatus.REFUSED
        decision.decider_id = context.subject.person_id
        decision.reason = reason or None
        decision.at = clock.now()
        decision.save(force_insert=True)
        former = record.levels
        if confirm:
            move_to(record, decision.levels)
        else:
            _return_to_proposer(record, proposal, person_id=decision.decider_id, now=context.instant)
        person = Person.objects.get(pk=context.subject.person_id)
        note(record, "classification", person=person, outcome=decision.status).save(force_insert=True)
        telling.label_decided(record, proposal, context.instant)
        _tell(permit, record, decision, former, person)
    return decision


def _return_to_proposer(record: Record, proposal: LabelDecision, *, person_id: UUID, now: datetime) -> None:
    """Whoever proposed what was sent back may propose anew, whatever his duties are: it waits on his home page."""
    account = (
        Account.objects.filter(person=proposal.proposer_id, is_active=True).order_by("created_at").first()
    )
    if account is not None:
        grants.give(
            RecordUserPermission,
            action=Action.CHANGE_LABEL,
            target=record,
            account=account,
            granted_by=Person.objects.get(pk=person_id),
            starts_at=now,
            ends_at=now + TO_DECIDE,
        )


def propose_label(
    *,
    context: Context,
    record_id: UUID,
    label: LabelProposal,
    originator: Unit | None,
    decider: Person | None,
    knowers: Sequence[Person] = (),
) -> LabelDecision:
    """Propose another label. What is higher protects at once, in each regime.

    What is lower waits for a second person's decision: until then the record keeps the join of both. Raises
    FormRefused, LoweredOnceRegistered: once registered, a decided classification is not lowered here. Raised, or put
    right on its own level (a mark or a period typed wrongly), it is, and in a draft lowered too, each by two.
    """
    record, permit = gate.fetch(context, Action.CHANGE_LABEL, Record, record_id)
    with change(permit):
        found = problems(label)
        if found or label.levels is None:
            raise errors.FormRefused(None, **{name: [str(PROBLEMS[code])] for name, code in found.items()})
        if not record.levels.dominates(label.levels):
            # P-01, P-02: raising is filing under the new label, with its clearance, its terminal and its attestation.
            action = Action.FILE if record.components.exists() else Action.DRAFT
            prospect = Prospect(record.unit_id, label.levels)
            if isinstance(gate.explain(context, action, prospect), Deny):
                gate.authorize(context, action, prospect)  # records its own refusal and raises it
            _require_scanned(record, label.levels)
        record = Record.objects.select_for_update().select_related("unit", "originator").get(pk=record.pk)
        # PE-02: who files a secret or raises a record to one names its first circle; a later one is widened by two.
        if widening.is_by_two(record) and {person.pk for person in knowers} - knowledge.on_list(record):
            raise errors.FormRefused(None, knowers=[str(errors.ListWidenedByTwo.sentence)])
        # What is in force, whatever was proposed since or sent back: a second proposal must not pass the first's rule.
        in_force = record.label_decisions.filter(status=LabelStatus.DECIDED).order_by("-number").first()
        decided = in_force is not None and in_force.levels.is_classified
        filer = Person.objects.get(pk=context.subject.person_id)
        lowers = not label.levels.dominates(record.levels)
        below = in_force is not None and not label.levels.dominates(in_force.levels)
        if decided and below and record.state != RecordState.DRAFT:
            raise errors.LoweredOnceRegistered
        # CL-13: a derived label is lowered only by the separate secret point that the basis names.
        derived = record.label_decisions.filter(source=LabelSource.DERIVED)
        if lowers and not label.basis.strip() and derived.exists():
            raise errors.FormRefused(None, basis=[str(PROBLEMS["point-missing"])])
        # What was typed wrongly is put right by two: a decided label never changes by one person's word.
        by_two = lowers or decided
        if by_two and decider is None:
            raise errors.FormRefused(None, decider=[str(PROBLEMS["decider-missing"])])
        decision = write_label(
            record,
            filer=filer,
            label=label,
            originator=originator or record.originator,
            must_be_decided=by_two,
            decider=decider,
        )
        former = record.levels
        move_to(record, former.join(label.levels))
        if record.levels.is_classified:
            named = [(person, "reader") for person in knowers]
            for person, role in ((filer, "filer"), (decider, "decider"), *named):
                if person is not None:
                    KnowledgeEntry.objects.get_or_create(
                        record=record,
                        person=person,
                        ends_at=None,
                        defaults={"named_by": filer, "role": role, "starts_at": context.instant},
                    )
            on_list = record.knowledge_entries.filter(ends_at__isnull=True).values_list(
                "person_id", flat=True
            )
            if not has_keeper(record.unit_id, record.levels, on_list):
                raise errors.FormRefused(None, knowers=[str(PROBLEMS["keeper-missing"])])
        elif decider is not None and decision.status == LabelStatus.PROPOSED:
            _show_to_decider(record, filer, decider, context.instant)
        note(record, "classification", person=filer, outcome=decision.status).save(force_insert=True)
        telling.label_waits(record, decision, context.instant)
        _tell(permit, record, decision, former, filer)
    return decision


def _require_scanned(record: Record, levels: Levels) -> None:
    """PF-04: what must be scanned when it is filed as classified must be so when it becomes classified."""
    unscanned = ComponentVersion.objects.filter(component__record=record, finding__scanned="not_scanned")
    if must_be_scanned(levels) and unscanned.exists():
        raise errors.NotScanned


def _show_to_decider(record: Record, filer: Person, decider: Person, now: datetime) -> None:
    """Without a need-to-know list, whoever decides sees the record by a grant that ends by itself."""
    account = Account.objects.filter(person=decider, is_active=True).order_by("created_at").first()
    if account is None:
        raise errors.FormRefused(None, decider=[str(PROBLEMS["decider-missing"])])
    grants.give(
        RecordUserPermission,
        action=Action.DESCRIBE,
        target=record,
        account=account,
        granted_by=filer,
        starts_at=now,
        ends_at=now + TO_DECIDE,
    )


def _tell(permit: Permit, record: Record, decision: LabelDecision, former: Levels, person: Person) -> None:
    """The outcome names the label that protects from now on; what was proposed, decided and why is sealed."""
    outbox.outcome(
        permit.event,
        "granted",
        object=ObjectFacts(
            "record", str(record.pk), version=str(record.version), label=record.levels.canonical()
        ),
        sealed={
            "former": former.canonical(),
            "proposed": decision.levels.canonical(),
            "decision": str(decision.status),
            "number": str(decision.number),
            "reason": decision.reason or decision.basis,
        },
        subject=str(person.pk),
    )


def move_to(record: Record, levels: Levels) -> None:
    """Give a locked record another effective label: keys follow, the archive file follows, forms in hand are stale.

    Raising a level writes every body again under a fresh data key; anything else only rewraps (storage.md 1.4).
    """
    former = record.levels
    if former == levels:
        return
    rises = not former.dominates(levels)
    for version in ComponentVersion.objects.filter(component__record=record).select_related("key_slot"):
        old = record_binding(record.pk, version.component_id, former)
        new = record_binding(record.pk, version.component_id, levels)
        if rises:
            stored = blobs.reencrypt(
                version.key_slot, old_binding=old, compartment=compartment(levels), new_binding=new
            )
            former_slot = version.key_slot_id
            version.key_slot = blobs.commit(stored)
            version.save(update_fields=["key_slot"])
            blobs.erase(former_slot, reason="label-raised")
        else:
            blobs.rebind(version.key_slot, old_binding=old, compartment=compartment(levels), new_binding=new)
    record.components.update(
        state_level=levels.state, enterprise_level=levels.enterprise, restricted=levels.restricted
    )
    set_levels(record, levels)
    record.version += 1
    record.save()
    if record.archive_file is not None:
        raise_archive_file(record.archive_file)
    listeners.LABEL_MOVED.tell(record)


def _copy(decision: LabelDecision) -> LabelDecision:
    fields = (
        "record_id source state_level enterprise_level restricted period_kind period_number period_until "
        "period_condition issued_on declassify_on basis authorisation mark received_mark originator_id proposer_id"
    )
    return LabelDecision(**{name: getattr(decision, name) for name in fields.split()})
