"""How labels read on screens: one choice list for forms, one badge for lists, one sentence for refusals of a label."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from storage.inspection.names import NameProblem
from vault.authorization.levels import Levels
from vault.holdings.rules import INTERNAL_NAME, OPEN_NAME, STATE_NAMES

CHOICES: dict[str, Levels] = {
    "open": Levels(),
    "internal": Levels(restricted=1),
    "ordinary": Levels(enterprise=1, restricted=1),
    "core": Levels(enterprise=2, restricted=1),
    "confidential": Levels(state=1, restricted=1),
    "secret": Levels(state=2, restricted=1),
    "top_secret": Levels(state=3, restricted=1),
}

# What the levels mean, for a reader of English; their own names beside it read the same in every language.
GLOSSES: dict[str, str] = {
    "open": "Open",
    "internal": "Internal",
    "ordinary": "Ordinary enterprise secret",
    "core": "Core enterprise secret",
    "confidential": "Confidential",
    "secret": "Secret",
    "top_secret": "Top secret",
}

PROBLEMS: dict[str, Promise] = {
    "label-missing": _("Choose a label. Nothing is filed without one, and none is assumed."),
    "mark-above-label": _(
        "The mark on the paper names a higher level than the chosen label. Choose the label that the mark names, "
        "or leave the mark out and state the basis."
    ),
    "label-above-mark": _(
        "The chosen label is higher than the mark on the paper. A received label is what the mark says; to protect "
        "more, choose derived or proposed, and who decides it."
    ),
    "stamp-without-star": _(
        "A stamp such as 机密 without ★ is no mark of a state secret, but it says that somebody meant a secret. "
        "File it as an enterprise secret and let the mark be corrected, or name the unit that classified it."
    ),
    "mark-names-no-secret": _(
        "This mark names no level of a state secret. Type it as it stands on the paper, such as 机密★20年."
    ),
    "period-unreadable": _(
        "The period on the mark could not be read. Choose it here as it stands on the paper."
    ),
    "period-unlike-mark": _(
        "The period is not the one that the mark on the paper names. Leave it empty to take the mark's, or correct "
        "the mark."
    ),
    "source-missing": _(
        "Say where the label comes from: received with the paper, derived, or proposed here."
    ),
    "issue-date-missing": _("Give the date of issue; the secrecy period counts from it."),
    "basis-missing": _(
        "Give the basis: the secret item's number, the source's mark, or the rule that applies."
    ),
    "point-missing": _(
        "This label is derived from another secret. A lower one needs the secret point that allows it: name it as the "
        "basis."
    ),
    "received-mark-missing": _("Type the mark exactly as it stands on the paper."),
    "originator-missing": _(
        "Choose the unit that set the level; without it nobody can later approve copies."
    ),
    "originator-not-external": _(
        "A received mark of a state secret was set by another authority. For a unit of our own choose derived or "
        "proposed, and who decides it."
    ),
    "mark-without-star": _(
        "A stamp such as 机密 without ★ is no mark of a state secret. Name the unit that classified it and the "
        "basis; if there is none, file it as an enterprise secret and let the mark be corrected."
    ),
    "keeper-missing": _(
        "Name somebody who can look after this list later: an archivist, a head of the unit or a classification "
        "officer who is cleared for this label. Without one nobody could ever be added."
    ),
    "decider-missing": _("Choose who decides the label: a classification officer other than yourself."),
    "period-over-maximum": _(
        "The period is longer than the level allows (秘密 10, 机密 20, 绝密 30 years). Shorten it or give the "
        "reference of the authorisation."
    ),
    "period-months-over-year": _("Give periods of a year and more in years."),
    "period-empty": _("Give the length of the period as a whole number."),
    "period-condition-empty": _("Say which condition ends the secrecy."),
    "period-day-missing": _("Give the day on which the secrecy ends."),
    "period-without-secret": _("Open and internal records have no secrecy period: leave it empty."),
}


@dataclass(frozen=True)
class Badge:
    """Class and text of a level badge; text and shape say it, colour only repeats it."""

    css: str
    text: str


def badge(levels: Levels, period: str = "") -> Badge:
    """The highest level of a label; `period` such as `20年` or `5年` follows it."""
    if levels.state:
        css = ("c", "s", "ts")[levels.state - 1]
        return Badge(css, f"{STATE_NAMES[levels.state]}★{period}")
    if levels.enterprise:
        key = "core" if levels.enterprise == 2 else "ordinary"
        return Badge(
            "core" if key == "core" else "ord", f"{settings.JINGUI_LEVEL_NAMES[key]} {period}".strip()
        )
    return Badge("r", INTERNAL_NAME) if levels.restricted else Badge("o", OPEN_NAME)


def names() -> list[tuple[str, str]]:
    """Key and own name of every label, in order; the same in both languages (interface.md 1.7)."""
    return [(key, badge(levels).text) for key, levels in CHOICES.items()]


def choices() -> list[tuple[str, str]]:
    """What a form offers: the names, in English with their meaning before them."""
    if _in_chinese():
        return names()
    return [(key, f"{GLOSSES[key]} {name}") for key, name in names()]


def in_words(problem: NameProblem) -> str:
    """What is wrong with a file name, in the reader's language."""
    return problem.zh if _in_chinese() else problem.en


def _in_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
