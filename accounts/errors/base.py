"""Refusals of this package: one class per cause, a stable code, a sentence that is safe to show and says what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class AccountsError(Exception):
    """Base of all. `code` is stable and goes into the log; `sentence` is translated when shown."""

    code = "accounts"
    sentence: str | Promise = _("This change was refused.")

    def __str__(self) -> str:
        return str(self.sentence)
