"""Signing in as a browser does it, step by step, and what the log has of it."""

import json
import re

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.test import Client

from accounts.models import Account
from audit import clock
from audit.models import Event
from tests.accounts.people import PASSWORD

LOGIN = "/sign-in/"


def give_password(client: Client, account: Account | str, password: str = PASSWORD, **extra: str | bool):
    staff_no = account.staff_no if isinstance(account, Account) else account
    return client.post(LOGIN, {"login": staff_no, "password": password}, **extra)


def code_now(secret: str, *, steps: int = 0) -> str:
    import base64

    counter = int(clock.now().timestamp()) // 30 + steps
    return HOTP(base64.b32decode(secret), 6, SHA1()).generate(counter).decode()


def give_code(client: Client, code: str, **extra: str):
    return client.post("/sign-in/code/", {"code": code}, **extra)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def plain(answer) -> str:
    """The page without what is drawn anew each time or repeats what was typed."""
    page = answer.content.decode()
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*|(value=")S\d+', "", page)


def events(action: str) -> list[dict]:
    found = [json.loads(bytes(event.canonical)) for event in Event.objects.order_by("id")]
    return [event for event in found if event["action"] == action]
