"""Random worlds in the database, many at once: every person against every thing is a world.

Beside each fact that counts stand facts that must not: an expired clearance above the valid one, grants that ended or
have not begun, struck names on a list, an undertaking to an older text.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from uuid import UUID, uuid4

from django.contrib.auth.models import Permission

from accounts.models import Account, Appointment, Clearance, Person, Training, Undertaking, Unit
from accounts.rules import UNDERTAKING_VERSION, UnitKind, local_day
from accounts.token_rules import TokenScope
from audit import clock
from tests.oracle import rule, worlds
from vault.authorization import providers
from vault.authorization.actions import Action, codename
from vault.authorization.context import Context
from vault.holdings.models import (
    AccessClass,
    ArchiveFile,
    Fonds,
    KnowledgeEntry,
    Record,
    RecordUserPermission,
    RetentionClass,
    Series,
)

DAY = timedelta(days=1)
STATES = {"active": ("registered", "bundled", "archived"), "draft": ("draft",), "destroyed": ("destroyed",)}


class Population:
    """People, things and ties; `worlds()` gives each pair as the oracle's dictionary with its two product objects."""

    def __init__(self, seed: int, people: int, things: int, *, answered: bool = True) -> None:
        """`answered` False: no later room answers anything, as on an instance that has none."""
        self.answered = answered
        self.rng = random.Random(seed)
        self.now = clock.now()
        self.today: date = local_day(self.now)
        self.attested = self.rng.random() < 0.75
        self._lay_out_units()
        self.people = [worlds.someone(self.rng, f"person {number}") for number in range(people)]
        self._add_people()
        names = [who["name"] for who in self.people]
        self.things = [worlds.something(self.rng, names) for _ in range(things)]
        self._add_things()
        self.ties = {pair: worlds.tie(self.rng) for pair in product(range(people), range(things))}
        self._add_ties()
        if not answered:
            for tie in self.ties.values():
                tie.update(requests=set(), session=False, excluded=False)

    def contexts(self) -> list[Context]:
        """Fresh contexts, one per person, as new requests would have."""
        return [
            Context(
                account=self.accounts[who["name"]] if who["account"] else None,
                instant=self.now,
                scopes=None if who["token"] is None else frozenset(map(TokenScope, who["token"])),
            )
            for who in self.people
        ]

    def world(self, who: int, what: int) -> dict:
        return {
            "tree": worlds.TREE,
            "who": self.people[who],
            "what": self.things[what],
            "ties": self.ties[who, what],
            "terminal": False,
            "attested": self.attested,
        }

    def provide(self) -> Iterator[None]:
        """Answer the questions of later rooms from the ties while the generator is suspended."""
        if not self.answered:
            yield
            return
        undo = [
            question.provide(self._ask(tied), self._ids(tied))
            for question, tied in (
                (providers.APPROVED_REQUEST, lambda tie, action: action.name.lower() in tie["requests"]),
                (providers.LIVE_SESSION, lambda tie, action: tie["session"]),
                (providers.EXCLUDED, lambda tie, action: tie["excluded"]),
            )
        ]
        try:
            yield
        finally:
            for take_back in undo:
                take_back()

    def _ask(self, tied):
        def ask(asked: providers.Asked) -> bool:
            who = self._number_of(asked.context)
            what = self._numbers_of_things.get(asked.object_id)
            return who is not None and what is not None and tied(self.ties[who, what], asked.action)

        return ask

    def _ids(self, tied):
        def ids(context: Context, action: Action, model: type) -> frozenset[UUID]:
            who = self._number_of(context)
            return frozenset(
                thing.pk
                for number, thing in enumerate(self.objects)
                if who is not None and tied(self.ties[who, number], action)
            )

        return ids

    def _number_of(self, context: Context) -> int | None:
        return self._numbers_of_people.get(context.subject.person_id)

    def _lay_out_units(self) -> None:
        self.units: dict[str, Unit] = {}
        for name, parent in worlds.TREE.items():
            pk = uuid4()
            above = self.units[parent].path if parent else ""
            self.units[name] = Unit(
                pk=pk,
                parent=self.units[parent] if parent else None,
                path=f"{above}{pk}/",
                code=str(pk)[:12],
                name=name,
                kind=UnitKind.HALL,
            )
        Unit.objects.bulk_create(self.units.values())
        self.clerk = Person.objects.create(name="registrar", unit=self.units["company"])
        fonds = Fonds.objects.create(fonds_no=str(uuid4())[:12], name="f")
        self.series = Series.objects.create(fonds=fonds, code="WS", name="s")
        self.retention = RetentionClass.objects.create(code=str(uuid4())[:12], name="r")

    def _add_people(self) -> None:
        persons, accounts, others, posts, clearances, trainings, signed = [], [], [], [], [], [], []
        for who in self.people:
            person = Person(name=who["name"], unit=self.units["company"])
            account = Account(person=person, staff_no=uuid4().hex, created_at=self.now, password="!")
            if not who["usable"]:
                self._disable(person, account)
            persons.append(person)
            accounts.append(account)
            others.append(Account(person=person, staff_no=uuid4().hex, created_at=self.now, password="!"))
            posts += [self._post(person, duty, unit) for duty, unit in dict.fromkeys(who["posts"])]
            # Ended yesterday, starts tomorrow: neither opens anything.
            posts.append(
                self._post(
                    person, "archivist", "company", starts_on=self.today - 9 * DAY, ends_on=self.today - DAY
                )
            )
            levels = who["clearance"]
            clearances += [
                self._clearance(person, *levels.values()),
                self._clearance(person, 3, 2, 1, ends_on=self.today - DAY),
                self._clearance(person, 3, 2, 1, starts_on=self.today + DAY),
                self._clearance(person, 3, 2, 1, revoked_on=self.today),
            ]
            until = self.today if who["trained"] else self.today - DAY
            trainings.append(Training(person=person, held_on=self.today - 9 * DAY, valid_until=until))
            version = UNDERTAKING_VERSION if who["undertaking"] else UNDERTAKING_VERSION - 1
            signed.append(Undertaking(person=person, version=version, signed_at=self.now))
        for model, rows in (
            (Person, persons),
            (Account, accounts + others),
            (Appointment, posts),
            (Clearance, clearances),
            (Training, trainings),
            (Undertaking, signed),
        ):
            model.objects.bulk_create(rows)
        names = [who["name"] for who in self.people]
        self.persons = dict(zip(names, persons, strict=True))
        self.accounts = dict(zip(names, accounts, strict=True))
        self.other_accounts = dict(zip(names, others, strict=True))
        self._numbers_of_people = {person.pk: number for number, person in enumerate(persons)}

    def _disable(self, person: Person, account: Account) -> None:
        way = self.rng.randrange(3)
        if way == 0:
            account.is_active = False
        elif way == 1:
            account.suspended_at = self.now
        else:
            person.left_on = self.today - DAY

    def _post(self, person: Person, duty: str, unit: str, **fields) -> Appointment:
        return Appointment(
            person=person, duty=duty, unit=self.units[unit], **{"starts_on": self.today, **fields}
        )

    def _clearance(self, person: Person, state: int, enterprise: int, restricted: int, **fields) -> Clearance:
        return Clearance(
            person=person,
            state_level=state,
            enterprise_level=enterprise,
            restricted=restricted,
            granted_by=self.clerk,
            **{"starts_on": self.today - 9 * DAY, "ends_on": self.today + 9 * DAY, **fields},
        )

    def _add_things(self) -> None:
        self.classes: dict[tuple, AccessClass] = {}
        records, files = [], []
        self.objects: list[Record | ArchiveFile] = []
        for number, what in enumerate(self.things):
            if number % 4 == 3:
                what.update(phase="active", author="nobody")
                files.append(self._archive_file(what))
                self.objects.append(files[-1])
            else:
                records.append(self._record(what))
                self.objects.append(records[-1])
        AccessClass.objects.bulk_create(self.classes.values())
        for thing in records + files:
            thing.access_class_id = thing.access_class.pk
        ArchiveFile.objects.bulk_create(files)
        # Lists of an archive file are those of its records, so each has one of its own.
        self.inside = {
            file.pk: self._record(worlds.something(self.rng, ["person 0"]), archive_file=file)
            for file in files
        }
        AccessClass.objects.bulk_create(c for c in self.classes.values() if c.pk is None)
        for record in self.inside.values():
            record.access_class_id = record.access_class.pk
        Record.objects.bulk_create(records + list(self.inside.values()))
        self._numbers_of_things = {thing.pk: number for number, thing in enumerate(self.objects)}

    def _labelled(self, what: dict) -> dict:
        key = (what["unit"], what["state"], what["enterprise"], what["internal"], what["shielded"])
        fields = {
            "unit": self.units[what["unit"]],
            "state_level": what["state"],
            "enterprise_level": what["enterprise"],
            "restricted": what["internal"],
            "is_shielded": what["shielded"],
        }
        if key not in self.classes:
            self.classes[key] = AccessClass(**fields)
        return {**fields, "access_class": self.classes[key]}

    def _record(self, what: dict, archive_file: ArchiveFile | None = None) -> Record:
        return Record(
            **self._labelled(what),
            series=self.series,
            archive_file=archive_file,
            retention_class=self.retention,
            title="t",
            record_date=self.today,
            state=self.rng.choice(STATES[what["phase"]]),
            originator=self.units["company"],
            filed_by=self.persons.get(what["author"], self.clerk),
            created_at=self.now,
        )

    def _archive_file(self, what: dict) -> ArchiveFile:
        return ArchiveFile(
            **self._labelled(what), series=self.series, title="t", year=2026, created_at=self.now
        )

    def _add_ties(self) -> None:
        permissions = {p.codename: p for p in Permission.objects.filter(content_type__app_label="holdings")}
        listed, granted = [], []
        for (who, what), tie in self.ties.items():
            person, thing = self.persons[self.people[who]["name"]], self.objects[what]
            on = thing if isinstance(thing, Record) else self.inside[thing.pk]
            if tie["listed"]:
                listed.append(self._entry(on, person, None))
            elif self.rng.random() < 0.3:
                listed.append(self._entry(on, person, self.now))
            if not isinstance(thing, Record):
                tie["grants"] = set()
                continue
            for verb in rule.NINE:
                permission = permissions[codename(Action[verb.upper()])]
                if verb in tie["grants"]:
                    granted.append(self._grant(who, thing, permission, self.now, self.now + DAY))
                elif self.rng.random() < 0.05:
                    past = (self.now - DAY, self.now)
                    granted.append(
                        self._grant(
                            who,
                            thing,
                            permission,
                            *self.rng.choice((past, (self.now + DAY, self.now + 2 * DAY))),
                        )
                    )
        KnowledgeEntry.objects.bulk_create(listed)
        RecordUserPermission.objects.bulk_create(granted)

    def _entry(self, record: Record, person: Person, ends_at) -> KnowledgeEntry:
        return KnowledgeEntry(
            record=record, person=person, named_by=self.clerk, starts_at=self.now - DAY, ends_at=ends_at
        )

    def _grant(self, who: int, record: Record, permission: Permission, starts, ends) -> RecordUserPermission:
        # Under either account of the person: two accounts of one person count as one (PE-07).
        accounts = self.rng.choice((self.accounts, self.other_accounts))
        return RecordUserPermission(
            user=accounts[self.people[who]["name"]],
            permission=permission,
            content_object=record,
            granted_by=self.clerk,
            starts_at=starts,
            ends_at=ends,
        )
