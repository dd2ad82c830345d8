"""The registers of requests on paper: 查阅登记 and 复制登记, for whoever checks requests; no title stands in them.

The forms are Chinese whatever the reader's language. A row says what the entry says now; the evidence is the entry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import translation

from accounts.rules import ZONE, local_day
from storage import forms
from storage.forms import Column, Register
from vault.approvals import errors, selectors, words
from vault.approvals.models import AccessRequest, RequestStep
from vault.approvals.rules import FINAL, NOTING, READING, REASONED, REPRODUCING, RequestEvent, RequestState
from vault.approvals.scopes import written
from vault.authorization import gate
from vault.authorization.actions import Action
from vault.authorization.context import Context
from vault.holdings import labels

READINGS, COPIES = "readings", "copies"
TITLES = {READINGS: "查阅登记", COPIES: "复制登记"}
_ACTIONS = {READINGS: {READING, *NOTING}, COPIES: REPRODUCING}
_COUNTED = {READINGS: "次数", COPIES: "份数"}
_DECISIONS = {
    RequestEvent.APPROVE.value,
    RequestEvent.RELEASE.value,
    RequestEvent.COUNTERSIGN.value,
    RequestEvent.REJECT.value,
}


@dataclass(frozen=True)
class Period:
    """Which register, and the requests of which days; both count."""

    kind: str
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        """The file's name: nothing of what is in it."""
        return f"{TITLES[self.kind]}-{self.starts_on:%Y%m%d}-{self.ends_on:%Y%m%d}.pdf"


def register(*, context: Context, period: Period) -> bytes:
    """The PDF; the event with the period and the number of rows is committed before there is one.

    Raises RegisterTooLong, Refused, AuditUnavailable, FormFailed, ForkServerUnavailable.
    """
    found = list(_asked(context, period)[: forms.MAX_ROWS + 1])
    is_too_long = len(found) > forms.MAX_ROWS
    gate.authorize(
        context,
        Action.PRINT_REGISTER,
        sealed={
            "list": f"requests {period.kind}",
            "period": f"{period.starts_on.isoformat()} {period.ends_on.isoformat()}",
            # Of what is too long nothing is made.
            "total": 0 if is_too_long else len(found),
        },
    )
    if is_too_long:
        raise errors.RegisterTooLong
    return set_in_type(
        context=context,
        title=TITLES[period.kind],
        columns=columns(period.kind),
        rows=lambda: tuple(row(number, one) for number, one in enumerate(found, start=1)),
        facts=(("期间", span(period.starts_on, period.ends_on)),),
    )


def set_in_type(
    *,
    context: Context,
    title: str,
    columns: tuple[Column, ...],
    rows: Callable[[], tuple[tuple[str, ...], ...]],
    facts: tuple[tuple[str, str], ...],
) -> bytes:
    """The PDF of a register; its rows are written in Chinese whoever asks. Its event is committed before.

    Raises FormFailed, ForkServerUnavailable.
    """
    with translation.override("zh-hans"):
        written_out = rows()
        made = Register(
            title=title,
            columns=columns,
            rows=written_out,
            at=context.instant,
            facts=(
                *facts,
                ("登记数", str(len(written_out))),
                ("打印时间", context.instant.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")),
            ),
            empty="本期无登记。",
        )
    return forms.produce(made)


def span(starts_on: date, ends_on: date) -> str:
    """A period in words."""
    return f"{starts_on.isoformat()} 至 {ends_on.isoformat()}"


def begins(day: date) -> datetime:
    """The first instant of a day."""
    return datetime.combine(day, time(), tzinfo=ZONE)


def columns(kind: str) -> tuple[Column, ...]:
    """What stands above the rows."""
    return (
        Column("序号", 0.6),
        Column("日期", 1.2),
        Column("编号", 1.3),
        Column("申请人", 1),
        Column("单位", 1.6),
        Column("密级", 1.1),
        Column("事项", 0.7),
        Column("范围", 1.8),
        Column("用途", 3),
        Column("审批人", 1.2),
        Column(_COUNTED[kind], 0.8),
        Column("归还/办结", 1.5),
        Column("备注", 1.8),
    )


def row(number: int, one: AccessRequest) -> tuple[str, ...]:
    """One request as a row; its steps are read before."""
    history = list(one.steps.all())
    return (
        str(number),
        local_day(one.submitted_at).isoformat(),
        one.reference,
        one.requester.name,
        one.requester_unit.name,
        labels.badge(one.levels).text,
        str(words.ACTION_LABELS[one.action]),
        _extent(one),
        one.purpose,
        "、".join(
            dict.fromkeys(_decider(step) for step in history if step.event in _DECISIONS and step.duty)
        ),
        f"{one.used}/{one.amount}",
        _ended(one, history),
        "；".join(_remarks(one, history)),
    )


def _asked(viewer: Context, period: Period) -> QuerySet[AccessRequest]:
    """In the order in which they were sent."""
    steps = RequestStep.objects.select_related("by", "instead_of").order_by("number")
    return (
        selectors.register(viewer)
        .filter(
            action__in=[action.value for action in _ACTIONS[period.kind]],
            submitted_at__gte=begins(period.starts_on),
            submitted_at__lt=begins(period.ends_on + timedelta(days=1)),
        )
        .prefetch_related(Prefetch("steps", queryset=steps))
        .order_by("submitted_at", "pk")
    )


def _extent(one: AccessRequest) -> str:
    """Parts by their number: a file's name may say what the record is about."""
    if one.is_whole:
        return "全部"
    return "；".join(
        f"第{number}部分" + (f"第{written(portion.ranges)}页" if portion.ranges else "")
        for number, portion in enumerate(one.scope.portions, start=1)
    )


def _decider(step: RequestStep) -> str:
    name = step.by.name if step.by is not None else ""
    return f"{name}（代{step.instead_of.name}）" if step.instead_of is not None else name


def _ended(one: AccessRequest, history: list[RequestStep]) -> str:
    """Where it stands, and of what is over the day on which it ended."""
    told = str(words.STATE_LABELS[one.state][0])
    is_over = RequestState(one.state) in FINAL and history
    return f"{told} {local_day(history[-1].at).isoformat()}" if is_over else told


def _remarks(one: AccessRequest, history: list[RequestStep]) -> Iterator[str]:
    """That it was an emergency; why it was refused, revoked or ended by the system."""
    if one.is_emergency:
        yield "紧急查阅"
    for step in history:
        if step.cause:
            yield str(words.CAUSE_LABELS[step.cause])
        elif RequestEvent(step.event) in REASONED and step.reason:
            yield step.reason
