"""What a service refused, told where it was typed."""

from django.forms import BaseForm

from vault.approvals import errors, words


def tell(form: BaseForm, error: errors.ApprovalsError) -> None:
    """Beside the entries that it refused; what has no entry on this form stands above it."""
    for name, codes in error.fields.items():
        # Where parts are chosen, their pages are typed beside that choice.
        where = "part" if name == "pages" and "part" in form.fields else name
        texts = [str(words.PROBLEMS.get(code, code)) for code in codes]
        form.add_error(where if where in form.fields else None, texts)
    if not error.fields:
        form.add_error(None, str(error.sentence))
