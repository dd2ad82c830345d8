"""What a password must be, beyond Django's own validators."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LengthValidator:
    """Refuses short passwords, in words that exist in both languages (Django's own sentence is not translated)."""

    def __init__(self, min_length: int = 12) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError below `min_length` characters."""
        if len(password) < self.min_length:
            raise ValidationError(
                _("The password needs at least %(count)d characters.") % {"count": self.min_length},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return _("The password needs at least %(count)d characters.") % {"count": self.min_length}
