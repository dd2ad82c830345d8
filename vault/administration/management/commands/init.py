"""Begin a system: four different persons, no default account (architecture.md section 9, AD-07)."""

import json
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import bootstrap
from accounts.bootstrap import Newcomer
from accounts.errors import AccountsError
from accounts.rules import DUTY_NAMES, local_day
from audit import clock
from storage.errors import StorageError
from storage.keyring import KeyRing
from vault.authorization.actions import Action
from vault.authorization.decorators import declares
from vault.holdings.services.arrangement import lay_out_retention

ROLES = ("system_officer", "security_officer", "auditor", "leader")
ROLE_WORDS = {
    "system_officer": "System officer (系统管理员)",
    "security_officer": "Security officer (安全保密管理员)",
    "auditor": "Auditor (安全审计员)",
    "leader": "The company's leader (主要领导)",
}


@declares(Action.RUN_INIT)
class Command(BaseCommand):
    # The key ring that the checks ask for is what this command makes.
    requires_system_checks = ()

    help = (
        "Begin a new system: makes the key ring when there is none, prepares both databases, and admits four "
        "different persons with a one-time password each, printed once. Asks for what --file does not give. "
        "Exit codes: 0 begun, 1 refused and nothing kept, 2 wrong arguments."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--file",
            default="",
            help='JSON: {"company": {"code", "name"}, "trained_until": "YYYY-MM-DD", "system_officer": '
            '{"name", "staff_no"}, "security_officer": …, "auditor": …, "leader": …}',
        )
        parser.add_argument("--json", action="store_true", help="print the admissions as JSON")

    def handle(self, **options: object) -> None:
        given = _read(str(options["file"])) if options["file"] else _ask()
        try:
            trained_until = date.fromisoformat(given["trained_until"])
            company = given["company"]
            newcomers = {role: Newcomer(given[role]["name"], given[role]["staff_no"]) for role in ROLES}
            code, name = company["code"], company["name"]
        except (KeyError, TypeError, ValueError) as error:
            raise CommandError(f"The answers are incomplete or wrong at {error}.", returncode=2) from error
        if trained_until <= local_day(clock.now()):
            raise CommandError("The training of the four must still be valid tomorrow.", returncode=2)
        try:
            if not settings.JINGUI_KEY_RING.exists():
                settings.JINGUI_KEY_RING.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                KeyRing.create(settings.JINGUI_KEY_RING)
            for alias in ("default", "audit"):
                call_command("migrate", database=alias, verbosity=0, interactive=False)
            begun = bootstrap.init(
                company_code=code,
                company_name=name,
                trained_until=trained_until,
                **newcomers,
            )
            lay_out_retention()
        except (AccountsError, StorageError) as error:
            raise CommandError(str(error), returncode=1) from error
        self._print(begun, as_json=bool(options["json"]))

    def _print(self, begun: bootstrap.Beginning, *, as_json: bool) -> None:
        rows = [
            {
                "duty": DUTY_NAMES[admission.duty],
                "staff_no": admission.account.staff_no,
                "one_time_password": admission.one_time_password,
            }
            for admission in begun.admissions
        ]
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        self.stdout.write("Begun. Hand each person his one-time password; it is kept nowhere and shown once.")
        for row in rows:
            self.stdout.write(f"  {row['duty']:<20} {row['staff_no']:<12} {row['one_time_password']}")
        self.stdout.write(
            f"The key ring stands at {settings.JINGUI_KEY_RING}. Copy it to a safe place apart from every backup "
            "of the data: without it nothing can be read again. Next: python manage.py serve"
        )


def _read(path: str) -> dict:
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"--file: {error}", returncode=2) from error


def _ask() -> dict:
    """Ask at the terminal; an answer that is empty is asked again."""
    answers: dict = {
        "company": {"code": _answer("Company code (short, e.g. GAAZ)"), "name": _answer("Company name")},
        "trained_until": _answer("Training of the four is valid until (YYYY-MM-DD)"),
    }
    for role in ROLES:
        answers[role] = {
            "name": _answer(f"{ROLE_WORDS[role]}: name"),
            "staff_no": _answer(f"{ROLE_WORDS[role]}: staff number"),
        }
    return answers


def _answer(question: str) -> str:
    while True:
        try:
            given = input(f"{question}: ").strip()
        except EOFError:
            raise CommandError("The answers ended early; nothing was begun.", returncode=2) from None
        if given:
            return given
