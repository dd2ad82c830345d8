"""Lines of a record's own history, in the reader's language."""

from django.utils import translation

from vault.holdings.models import ObjectEvent
from vault.holdings.presentation import event_text
from vault.holdings.services.journal import SOFTWARE


def test_what_the_system_did_is_told_under_its_name_in_the_reader_s_language() -> None:
    """A Chinese page calls the product 金匮 everywhere else."""
    done = ObjectEvent(type="fixity check", agent_software=SOFTWARE)
    with translation.override("zh-hans"):
        assert event_text(done).endswith(" · 金匮")
    with translation.override("en"):
        assert event_text(done).endswith(" · Jingui")
