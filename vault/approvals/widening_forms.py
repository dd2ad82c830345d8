"""What is typed when a proposal for a need-to-know list is decided."""

from django import forms
from django.utils.translation import gettext_lazy as _

from vault.approvals.forms import TEXT_LIMIT
from vault.authorization.fields import PlainTextField


class WideningForm(forms.Form):
    """The decision with what is said about it; a refusal needs its reason."""

    decision = forms.ChoiceField(choices=[("approve", ""), ("refuse", "")], widget=forms.HiddenInput)
    reason = PlainTextField(
        label=_("Remark"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Required to refuse. It stays beside the decision."),
    )

    @property
    def approves(self) -> bool:
        """Whether it is approved; of a valid form."""
        return bool(self.cleaned_data["decision"] == "approve")
