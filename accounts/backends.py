"""Checks staff number and password. Rights are never asked of a backend."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import Account
from accounts.rules import local_day, normalise_staff_no
from accounts.selectors import account_with_facts
from audit import clock

UNUSABLE, PASSWORD_OVER = "account_unusable", "one_time_password_over"


class StaffNumberBackend(BaseBackend):
    """Answers alike, and at like cost, for an unknown staff number, a wrong password and a suspended account. Why the
    right password was not taken stands on the request, for the log.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> Account | None:
        if username is None or not password:
            return None
        account = (
            Account.objects.select_related("person").filter(staff_no=normalise_staff_no(username)).first()
        )
        if account is None:
            make_password(password)
            return None
        if not account.check_password(password):
            return None
        now = clock.now()
        if not account.is_usable(local_day(now)):
            refusal = UNUSABLE
        elif account.password_until is not None and now >= account.password_until:
            refusal = PASSWORD_OVER
        else:
            return account
        if request is not None:
            request.sign_in_refusal = refusal  # type: ignore[attr-defined]
        return None

    def get_user(self, user_id: UUID) -> Account | None:
        """The account of a running session, or None once it is no longer usable (PE-08).

        The facts come in the same query; they go with the account to the session's check, which takes them off.
        """
        try:
            account, facts = account_with_facts(user_id, clock.now())
        except Account.DoesNotExist:
            return None
        account.read_with = facts
        return account if facts.usable else None
