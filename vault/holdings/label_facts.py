"""What the pages of a record say of its label: the banner, what a decider weighs, and who set it on which basis."""

from datetime import date

from django.db.models import CharField, Func, QuerySet
from django.utils.translation import gettext as _

from vault.holdings import labels
from vault.holdings.models import LabelDecision, Record
from vault.holdings.rules import LabelStatus, Period, PeriodKind, period_text


def period_of(decision: LabelDecision) -> Period:
    return Period(
        PeriodKind(decision.period_kind),
        decision.period_number,
        decision.period_until,
        decision.period_condition,
    )


class _NewestStatus(Func):
    template = (
        "(SELECT d.status FROM holdings_labeldecision d WHERE d.record_id = holdings_record.id"
        " ORDER BY d.number DESC LIMIT 1)"
    )
    output_field = CharField()


class _PeriodInForce(Func):
    template = (
        "(SELECT d.period_kind || ' ' || d.period_number || ' ' || COALESCE(CAST(d.period_until AS varchar), '')"
        " FROM holdings_labeldecision d WHERE d.record_id = holdings_record.id AND d.status <> 'refused'"
        " AND d.state_level = holdings_record.state_level"
        " AND d.enterprise_level = holdings_record.enterprise_level ORDER BY d.number DESC LIMIT 1)"
    )
    output_field = CharField()


def with_labels(found: "QuerySet[Record]") -> "QuerySet[Record]":
    """Records with `label_status` (of the newest step) and `label_period` (of the one that protects), for `row_badge`
    in lists: part of their own statement, not one for each row. Written out, because building the same two from
    the models costs each page more than reading its rows (measured: 2.8 ms).
    """
    return found.annotate(label_status=_NewestStatus(), label_period=_PeriodInForce())


def row_badge(record: Record) -> labels.Badge:
    """A label in a list, with its period (interface.md 1.7): a bare ★ would mean the longest one (CL-07)."""
    told = getattr(record, "label_period", None)
    if not told or not record.levels.is_classified:
        return labels.badge(record.levels)
    kind, number, until = told.split(" ")
    if kind == PeriodKind.CONDITION:
        # The condition itself is encrypted and belongs to the record's own page.
        return labels.badge(record.levels, _("on a condition"))
    period = Period(PeriodKind(kind), int(number), date.fromisoformat(until) if until else None)
    return labels.badge(record.levels, period_text(record.levels, period))


def banner(
    record: Record, decision: LabelDecision, holding: LabelDecision | None = None
) -> dict[str, object]:
    """The label banner of a record page; `holding` is what `in_force` says."""
    holding = holding or decision
    level = labels.badge(record.levels, period_text(record.levels, period_of(holding)))
    return {"css": level.css, "text": level.text, "long": " · ".join(_about_label(record, holding))}


def in_force(record: Record, newest: LabelDecision) -> LabelDecision | None:
    """The row that holds beside a correction that is only proposed or was sent back; None where the newest row
    itself says what protects.
    """
    if newest.status == LabelStatus.DECIDED:
        return None
    rows = record.label_decisions.select_related("originator")
    last = rows.filter(status=LabelStatus.DECIDED).order_by("-number").first()
    if last is None and newest.levels != record.levels:
        # Nobody decided yet: what was proposed before the lower one protects.
        last = rows.filter(status=LabelStatus.PROPOSED).exclude(pk=newest.pk).order_by("-number").first()
    return last if last is not None and last.levels == record.levels and last.levels.is_classified else None


def proposal(
    record: Record, decision: LabelDecision, holding: LabelDecision | None = None
) -> dict[str, object]:
    """What a decider weighs: the proposed label, and the one in force where its level or its period is another."""
    present = labels.badge(record.levels, period_text(record.levels, period_of(holding)) if holding else "")
    is_other = holding is not None or record.levels != decision.levels
    proposed = labels.badge(decision.levels, period_text(decision.levels, period_of(decision)))
    return {
        "proposed": {"css": proposed.css, "text": proposed.text, "long": decision.mark},
        "current": present if is_other else None,
    }


def _about_label(record: Record, decision: LabelDecision) -> list[str]:
    """What stands beside the badge: regime, who set it, when it ends. Nothing for what is open or internal."""
    if not record.levels.is_classified:
        return []
    words = [_("State secret") if record.levels.state else _("Enterprise secret")]
    if record.levels.state and record.levels.enterprise:
        words.append(_("Enterprise secret"))
    words.append(_("level set by %(unit)s") % {"unit": decision.originator.name})
    if decision.declassify_on is not None:
        words.append(_("ends %(day)s") % {"day": decision.declassify_on.isoformat()})
    return words


def classification_facts(
    record: Record, decision: LabelDecision, holding: LabelDecision | None = None
) -> list[tuple[str, str]]:
    """Who set the label, on which basis, for how long."""
    sources = {
        "received": _("received with the paper"),
        "derived": _("derived from another secret"),
        "proposed": _("proposed here"),
    }
    if not (record.levels.is_classified or decision.levels.is_classified):
        # Nobody set a level: only the label itself and who chose it say anything.
        return [
            (_("Mark"), decision.mark),
            (_("Status"), label_status(record, decision, holding)),
            (_("Chosen by"), decision.proposer.name),
        ]
    facts = [
        (_("Mark"), decision.mark),
        (_("Status"), label_status(record, decision, holding)),
        (_("Source"), sources[decision.source]),
        (_("Unit that set the level"), decision.originator.name),
        (_("Date of issue"), decision.issued_on.isoformat()),
        (_("Proposed by"), decision.proposer.name),
    ]
    if decision.decider is not None:
        waits = decision.status == LabelStatus.PROPOSED
        facts.append((_("Who decides the label") if waits else _("Decided by"), decision.decider.name))
    if decision.declassify_on:
        facts.append((_("Period ends"), decision.declassify_on.isoformat()))
    if decision.received_mark:
        facts.append((_("Mark on the paper"), decision.received_mark))
    if decision.basis:
        facts.append((_("Basis"), decision.basis))
    if decision.reason:
        facts.append((_("Reason of the decision"), decision.reason))
    return facts


def label_status(record: Record, decision: LabelDecision, holding: LabelDecision | None = None) -> str:
    """A lower proposal does not protect: what is in force does, until somebody has decided."""
    if decision.status == LabelStatus.REFUSED and holding is not None:
        return _("sent back; the label in force stays: %(mark)s") % {"mark": holding.mark}
    if decision.status == LabelStatus.PROPOSED and (
        holding is not None or not decision.levels.dominates(record.levels)
    ):
        return _("proposed; the present label protects until it is decided")
    return {
        LabelStatus.PROPOSED: _("proposed; protects already"),
        LabelStatus.DECIDED: _("in force"),
        LabelStatus.REFUSED: _("sent back; protects as proposed"),
    }[LabelStatus(decision.status)]
