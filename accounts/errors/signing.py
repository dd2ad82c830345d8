"""Refusals about accounts, signing in and tokens."""

from django.utils.translation import gettext_lazy as _

from accounts.errors.base import AccountsError


class UndertakingOutdated(AccountsError):
    """The text that was shown is not the one in force."""

    code = "undertaking_outdated"
    sentence = _("The undertaking has changed. Read the new text and sign again.")


class AccountUnusable(AccountsError):
    """A suspended or inactive account, or one whose person has left."""

    code = "account_unusable"
    sentence = _("This account is suspended or closed.")


class NotSuspended(AccountsError):
    """There is nothing to lift."""

    code = "not_suspended"
    sentence = _("This account is not suspended.")


class PasskeyRefused(AccountsError):
    """The browser's answer was not for this challenge, this site or this account, or it was no answer at all."""

    code = "passkey_refused"
    sentence = _("The passkey was not accepted. Try again on this page, at this address.")


class TooManyPasskeys(AccountsError):
    """Ten devices are more than a person carries."""

    code = "too_many_passkeys"
    sentence = _("There are ten passkeys already. Remove one that you no longer use.")


class SecondFactorMissing(AccountsError):
    """Passkeys stand beside the app, never alone: its recovery codes are the way back."""

    code = "second_factor_missing"
    sentence = _("Set up the authenticator app first; passkeys come beside it.")


class NotThere(AccountsError):
    """A session or passkey of one's own that is gone meanwhile, or never was one's own."""

    code = "not_there"
    sentence = _("This is no longer there. The page shows what is.")


class NotProved(AccountsError):
    """At the shell: staff number, password and code do not prove who acts."""

    code = "not_proved"
    sentence = _(
        "Staff number, password and code do not belong together, or the account cannot act now: its password must be "
        "changed first, it has no second factor, or too many tries have locked it. Sign in on the pages to see which."
    )


class SecondFactorUnproved(AccountsError):
    """A token is made only where the second factor was proved (interface.md section 4)."""

    code = "second_factor_unproved"
    sentence = _("A token is made only in a session with a second factor. Set one up or sign in with it.")


class ScopeMissing(AccountsError):
    """A token for nothing."""

    code = "token_scope_missing"
    sentence = _("Choose what the token is for.")


class TokenLifeRefused(AccountsError):
    """Longer than a token may live, or no day at all."""

    code = "token_life_refused"
    sentence = _("A token lives from one to thirty days.")


class TooManyTokens(AccountsError):
    """More than anybody keeps track of."""

    code = "too_many_tokens"
    sentence = _("You have twenty tokens that work. Revoke one of them first.")


class TokenGone(AccountsError):
    """There is no such token of this person, or it has ended."""

    code = "token_gone"
    sentence = _("This token has ended already.")
