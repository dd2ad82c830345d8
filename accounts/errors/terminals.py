"""Refusals about the register of terminals."""

from django.utils.translation import gettext_lazy as _

from accounts.errors.base import AccountsError


class BadTerminalNumber(AccountsError):
    """Not the form of a terminal's number."""

    code = "terminal_number_bad"
    sentence = _("A terminal's number is of capital letters, digits and hyphens, 32 at most.")


class TerminalNumberTaken(AccountsError):
    """The number is another terminal's, or was."""

    code = "terminal_number_taken"
    sentence = _("This number is another terminal's; numbers of withdrawn ones are not used again.")


class TerminalIncomplete(AccountsError):
    """Without room, equipment or certificate it is no registered terminal."""

    code = "terminal_incomplete"
    sentence = _("Enter the room, the equipment and the number of its certificate.")


class IntervalRefused(AccountsError):
    """Checks are regular."""

    code = "terminal_interval"
    sentence = _("The interval of the checks is from 1 to 366 days.")


class CertificateOver(AccountsError):
    """A certificate that is over already certifies nothing."""

    code = "certificate_over"
    sentence = _("This certificate is over already. Enter one that is valid today.")


class StepNotOpen(AccountsError):
    """The terminal is not in a state in which this can be done."""

    code = "terminal_step"
    sentence = _("This cannot be done with the terminal as it stands now. Look at its page again.")


class TerminalReasonMissing(AccountsError):
    """A step or a failed check that does not say why."""

    code = "terminal_reason_missing"
    sentence = _("Say why, in one line.")


class CheckAhead(AccountsError):
    """A check that is yet to be made."""

    code = "check_ahead"
    sentence = _("The check lies ahead. Record it when it is done.")


class CheckBehind(AccountsError):
    """A check older than the one that counts would change nothing, whatever it found."""

    code = "check_behind"
    sentence = _("A later check is recorded already. If this one found a fault, suspend the terminal.")


class CodeRefused(AccountsError):
    """Wrong, used, replaced or run out: which of them is nobody's business who tries."""

    code = "terminal_code"
    sentence = _(
        "This code opens nothing: it is mistyped, was used, or has run out. Ask the system officer for a new one."
    )


class NotEnrolled(AccountsError):
    """There is no machine to take the terminal from."""

    code = "terminal_not_enrolled"
    sentence = _("No machine is enrolled as this terminal.")


class FingerprintBad(AccountsError):
    """Not a SHA-256."""

    code = "fingerprint_bad"
    sentence = _(
        "The fingerprint is the certificate's SHA-256: 64 hexadecimal digits, with or without colons."
    )


class NoCertificateProxy(AccountsError):
    """A certificate that nothing could ever show would shut the terminal for good."""

    code = "certificate_proxy_missing"
    sentence = _(
        "No proxy is set up that checks client certificates. Set JINGUI_CERTIFICATE_PROXY, or leave the fingerprint "
        "empty."
    )


class CertificateNotShown(AccountsError):
    """The code asks for a certificate that this machine did not show."""

    code = "client_certificate_missing"
    sentence = _("This machine did not show the client certificate that is registered for the terminal.")
