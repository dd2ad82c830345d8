"""A small archive for tests: an organisation with content duties, and the filing path as a browser walks it."""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import quote

import pikepdf
from django.test import Client

from accounts.models import Account
from accounts.rules import Duty, UnitKind
from audit import clock
from tests.accounts.people import Organisation, make_clearance, make_unit, sign_in_directly
from tests.support.terminals import Seat, seated
from vault.authorization import grants
from vault.authorization.actions import Action
from vault.authorization.context import Context, of_account
from vault.holdings.models import (
    ArchiveFile,
    Fonds,
    LabelDecision,
    Record,
    RecordUserPermission,
    RetentionClass,
    Series,
)


def pdf(pages: int = 2, *, text: str = "hello") -> bytes:
    """A real PDF with text on each page."""
    document = pikepdf.new()
    for number in range(pages):
        document.add_blank_page(page_size=(300, 400))
        page = document.pages[-1]
        page.contents_add(f"BT /F1 18 Tf 40 200 Td ({text} {number + 1}) Tj ET".encode("ascii", "replace"))
        page.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass
class Archive(Organisation):
    """Organisation with two halls, a classification officer, an authority outside, and somewhere to file."""

    extra: dict[str, object] = field(default_factory=dict)
    seat: Seat | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.other_hall = make_unit(UnitKind.HALL, self.company, name="城北营业厅")
        self.authority = make_unit(UnitKind.EXTERNAL, None, name="市应急管理局")
        self.colleague = self.add(Duty.DUTY_CLERK, self.hall)
        self.stranger = self.add(Duty.DUTY_CLERK, self.other_hall)
        self.archivist = self.add(Duty.ARCHIVIST, self.company)
        self.officer = self.add(Duty.CLASSIFICATION_OFFICER, self.company)
        self.cleared = self.add(Duty.DEPARTMENT_HEAD, self.company)
        everyone = (self.clerk, self.colleague, self.stranger, self.archivist, self.leader, self.director)
        for account in everyone:
            make_clearance(account.person, self.security.person, state_level=0, restricted=1)
        for account in (self.officer, self.cleared):
            make_clearance(account.person, self.security.person, state_level=3, enterprise_level=2)
        self.fonds = Fonds.objects.create(fonds_no="GAAZ", name="广安爱众")
        self.series = Series.objects.create(fonds=self.fonds, code="WS", name="文书")
        self.retention = RetentionClass.objects.create(code="D30", name="三十年", years=30)

    def clear(self, account: Account, **levels: int) -> None:
        make_clearance(account.person, self.security.person, **levels)

    def archive_file(self, title: str = "案卷") -> ArchiveFile:
        from vault.authorization.levels import INTERNAL
        from vault.holdings.access_classes import set_levels

        made = ArchiveFile(unit=self.hall, series=self.series, title=title, year=2026, created_at=clock.now())
        set_levels(made, INTERNAL)
        made.save()
        return made

    def client(self, account: Account) -> Client:
        """A browser of this person, signed in with both factors."""
        client = sign_in_directly(Client(REMOTE_ADDR="127.0.0.1"), account)
        return client if self.seat is None else self.seat.take(client)

    def sit(self) -> None:
        """From here on everybody's browser is at a usable terminal (P-02)."""
        self.seat = seated(self.system)

    def context(self, account: Account) -> Context:
        """One act of this person, where everybody sits."""
        return of_account(account, here=self.seat.here if self.seat is not None else None)

    def entries(self, label: str = "internal", **changes: object) -> dict[str, object]:
        """The filing form, filled."""
        entries: dict[str, object] = {
            "unit": str(self.hall.pk),
            "series": str(self.series.pk),
            "retention_class": str(self.retention.pk),
            "record_date": "2026-10-09",
            "title": "",
            "grouping": "each",
            "label": label,
        }
        if label not in {"open", "internal"}:
            entries |= {
                "source": "received",
                "received_mark": {
                    "secret": "机密★20年",
                    "confidential": "秘密★10年",
                    "top_secret": "绝密★30年",
                }.get(label, "核心商密"),
                "issued_on": "2026-09-18",
                "originator": str(self.authority.pk),
                "knowers": [str(self.cleared.person.pk)],
                "basis": "保密事项范围 3.2",
            }
        return entries | changes


@dataclass
class Filed:
    """What the filing path answered."""

    records: list[Record]
    answers: list[dict[str, object]]

    @property
    def record(self) -> Record:
        return self.records[0]


def put(client: Client, address: str, name: str, body: bytes, **extra: object):
    return client.put(
        address,
        data=body,
        content_type="application/octet-stream",
        headers={"X-File-Name": quote(name)},
        **extra,
    )


def file(
    archive: Archive,
    account: Account,
    *files: tuple[str, bytes],
    label: str = "internal",
    **changes: object,
) -> Filed:
    """File through the addresses that the page uses."""
    client = archive.client(account)
    opened = client.post("/records/intake/", archive.entries(label, **changes))
    assert opened.status_code == 201, (opened.status_code, opened.content.decode())
    session = opened.json()
    answers = []
    for position, (name, body) in enumerate(files or (("通知.pdf", pdf()),), start=1):
        answer = put(client, session["put_url_template"].replace("{position}", str(position)), name, body)
        answers.append(answer.json())
    done = client.post(session["register_url"], "{}", content_type="application/json")
    assert done.status_code == 201, (done.status_code, done.content.decode(), answers)
    ids = [record["id"] for record in json.loads(done.content)["records"]]
    found = Record.objects.in_bulk(ids)
    return Filed([found[Record._meta.pk.to_python(pk)] for pk in ids], answers)


def newest(record: Record) -> LabelDecision:
    """The last row of a label's history: what a decider is shown."""
    return record.label_decisions.order_by("-number")[0]


def on(day: str) -> date:
    return date.fromisoformat(day)


def given_long_ago(grant: RecordUserPermission, days: int = 91) -> RecordUserPermission:
    """A grant of another action like this one that began that many days ago: the beginning of a row never changes."""
    return grants.give(
        RecordUserPermission,
        action=Action.PRINT,
        target=grant.content_object,
        account=grant.user,
        granted_by=grant.granted_by,
        starts_at=clock.now() - timedelta(days=days),
        ends_at=grant.ends_at,
    )
