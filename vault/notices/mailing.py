"""Notices by mail: a reference and one fixed sentence, sent by the worker (RQ-16, rule book 10.1(8)).

Each mail is an event of its own, begun before it leaves: what cannot be recorded is not sent. A row is claimed, its
mail sent, and then marked. Killed between the two last, the worker sends that one mail again after its pause: at most
once for each time that it is killed, and under the same Message-ID, by which a mailbox knows the second one.
"""

import logging
import smtplib
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from accounts.models import Person
from accounts.rules import local_day
from audit import clock, outbox, recording
from audit.events import FAILED, GRANTED, ObjectFacts, Reason, system_actor
from storage.errors import StorageError
from vault.notices import errors, rules
from vault.notices.models import Notice

log = logging.getLogger("jingui.worker")

MAIL_SENT = "notices:mail:send"
BATCH = 100
SUBJECT = "金匮: {reference}"
# The same for every topic and every reader: which one it is, and in which language, would say something too.
BODY = (
    "金匮有一条给你的通知，编号 {reference}。请登录系统查看。\n\n"
    "Jingui has a notice for you under the reference {reference}. Sign in to read it.\n"
)
# The server took the connection and refused this one mail; anything else is the server's own trouble.
_REFUSED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused)


def send_waiting() -> int:
    """Send what is due; returns how many mails went. Nothing is raised for a mail server that does not answer.

    Raises AuditUnavailable, and then nothing was sent that is not recorded.
    """
    if not settings.JINGUI_EMAIL_FROM:
        return 0
    now = clock.now()
    due = Notice.objects.filter(mail_due__lte=now).select_related("person").order_by("mail_due", "id")[:BATCH]
    wanted = [(notice, address) for notice in due if (address := _address(notice, now))]
    if not wanted:
        return 0
    connection = get_connection()
    try:
        connection.open()
        return sum(_send(connection, notice, address) for notice, address in wanted)
    except OSError as error:
        log.warning("The mail server does not take mail now; trying again: %s", type(error).__name__)
        return 0
    finally:
        _close(connection)


def message_of(notice_id: UUID, reference: str, address: str) -> EmailMessage:
    """The whole mail. Raises BadReference: what else stood there would leave the system."""
    if not rules.is_reference(reference):
        raise errors.BadReference
    domain = settings.JINGUI_EMAIL_FROM.rpartition("@")[2]
    return EmailMessage(
        subject=SUBJECT.format(reference=reference),
        body=BODY.format(reference=reference),
        from_email=settings.JINGUI_EMAIL_FROM,
        to=[address],
        headers={"Message-ID": f"<{notice_id}@{domain}>", "Auto-Submitted": "auto-generated"},
    )


def _address(notice: Notice, now: datetime) -> str:
    """Where its mail goes; empty, and no longer due, where none goes any more."""
    if rules.is_given_up(told_at=notice.at, tries=notice.mail_tries, now=now):
        _end(notice)
        recording.record(
            MAIL_SENT,
            outcome=FAILED,
            reason=Reason(rule="mail-given-up"),
            actor=system_actor("mail"),
            object=_facts(notice),
        )
        return ""
    try:
        address = _address_of(notice.person, now)
    except StorageError:
        # Damage is told where it is met; it must not hold up the others.
        Notice.objects.filter(pk=notice.pk).update(
            mail_tries=F("mail_tries") + 1, mail_due=now + rules.pause_after(notice.mail_tries + 1)
        )
        return ""
    if not address:
        _end(notice)
    return address


def _address_of(person: Person, now: datetime) -> str:
    gone = person.left_on is not None and person.left_on < local_day(now)
    return "" if gone or person.no_mail else person.email or ""


def _send(connection: BaseEmailBackend, notice: Notice, address: str) -> bool:
    """Whether this mail went. Raises OSError when the server is in trouble: the others wait, untried."""
    begun = recording.intent(
        MAIL_SENT, reason=Reason(rule="notice"), actor=system_actor("mail"), object=_facts(notice)
    )
    now = clock.now()
    tries = notice.mail_tries + 1
    claimed = Notice.objects.filter(
        pk=notice.pk, mail_due__lte=now, mail_tries=notice.mail_tries, read_at__isnull=True
    ).update(mail_tries=tries, mail_due=now + rules.pause_after(tries))
    if not claimed:
        _told(begun, FAILED, "read-or-taken")
        return False
    try:
        connection.send_messages([message_of(notice.pk, notice.reference, address)])
    except _REFUSED:
        _told(begun, FAILED, "mail-refused")
        return False
    except ValueError:
        _told(begun, FAILED, "bad-address")
        return False
    except OSError:
        _told(begun, FAILED, "mail-server")
        raise
    with transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(mailed_at=clock.now(), mail_due=None)
        outbox.outcome(begun, GRANTED, reason=Reason(rule="mail-sent"))
    return True


def _end(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(mail_due=None)


def _told(begun: UUID, outcome: str, rule: str) -> None:
    with transaction.atomic():
        outbox.outcome(begun, outcome, reason=Reason(rule=rule))


def _facts(notice: Notice) -> ObjectFacts:
    return ObjectFacts("notice", str(notice.pk), version=notice.reference)


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except OSError:
        log.warning("The connection to the mail server broke while it was closed.")
