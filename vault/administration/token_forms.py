"""What somebody says of a token that he makes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.token_rules import LONGEST_DAYS, SCOPE_NAMES
from vault.authorization.fields import PlainCharField


class TokenForm(forms.Form):
    """Its name, what it is for, and for how long."""

    name = PlainCharField(
        label=_("What the token is for"), max_length=60, help_text=_("So that you know it again in the list.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=[(scope.value, _(name)) for scope, name in SCOPE_NAMES.items()]
    )
    days = forms.IntegerField(
        label=_("Days until it ends"), min_value=1, max_value=LONGEST_DAYS, initial=LONGEST_DAYS
    )
