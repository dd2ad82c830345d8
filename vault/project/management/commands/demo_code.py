"""Print a second-factor code for somebody of a demo instance, or the one-time code of a terminal."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.errors import AccountsError
from accounts.models import Account, Terminal
from accounts.services.enrolment import issue_code
from accounts.terminal_rules import normalise_number
from vault.authorization.actions import Action
from vault.authorization.decorators import declares
from vault.project.demo.codes import NoCode, code_for
from vault.project.demo.people import BY_KEY


@declares(Action.RUN_DEMO)
class Command(BaseCommand):
    help = (
        "Print the present second-factor code of a staff number or name, or, for a terminal's number, a one-time code "
        "that makes a browser this terminal. Works on a demo instance only. "
        "Exit codes: 0 printed, 1 nobody or no code, 2 not a demo instance."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="staff number, the person's name, or a terminal's number")
        parser.add_argument("--home", default="", help="the demo's folder (default: .demo beside manage.py)")

    def handle(self, **options: object) -> None:
        if not settings.JINGUI_DEMO:
            raise CommandError(
                "Codes are shown on a demo instance only; elsewhere they are on people's telephones.",
                returncode=2,
            )
        if not settings.JINGUI_KEY_RING.exists():
            raise CommandError(
                f"There is no demo in {settings.JINGUI_HOME.parent}: run `python manage.py demo` first, "
                "or name its folder with --home.",
                returncode=1,
            )
        wanted = str(options["name"])
        terminal = Terminal.objects.filter(number=normalise_number(wanted)).first()
        if terminal is not None:
            self._terminal(terminal)
            return
        account = Account.objects.filter(staff_no=wanted.upper()).first() or next(
            (
                found
                for found in Account.objects.select_related("person").order_by("created_at")
                if found.person.name == wanted
            ),
            None,
        )
        if account is None:
            raise CommandError(
                f"Nobody here is called {wanted!r}: use a staff number such as S1009, or a terminal's such as BMS-01.",
                returncode=1,
            )
        try:
            self.stdout.write(code_for(account))
        except NoCode as error:
            raise CommandError(str(error), returncode=1) from error

    def _terminal(self, terminal: Terminal) -> None:
        """As the demo's system officer issues it on the terminal's page."""
        officer = Account.objects.get(staff_no=BY_KEY["system"].staff_no)
        try:
            self.stdout.write(issue_code(actor=officer, terminal=terminal))
        except AccountsError as error:
            raise CommandError(str(error), returncode=1) from error
