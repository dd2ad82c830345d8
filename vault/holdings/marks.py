"""Marks as they stand on paper, read: which levels and which period they name. Pure.

A state secret's mark is level, ★ and period (机密★20年, 秘密★6个月, 绝密★长期, 机密★2027年5月1日); enterprise marks
have the owner's level names, with or without a period. Sources: CL-07, CL-09, CL-10; practice.md P-06, P-08.
"""

import re
from datetime import date

from vault.authorization.levels import Levels
from vault.holdings.rules import Period, PeriodKind

STAR = "★"
_STATE = (("绝密", 3), ("机密", 2), ("秘密", 1))
_ENTERPRISE = re.compile("商密|商业秘密")
_DAY = re.compile(r"至?(\d{4})年(\d{1,2})月(\d{1,2})日")
_YEARS = re.compile(r"(\d{1,2})年")
_MONTHS = re.compile(r"(\d{1,2})个?月")
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def is_starless(mark: str) -> bool:
    """P-08: 机密 and the like without ★ is a company's stamp, not a state secret's mark."""
    return bool(_state_word(mark)) and STAR not in mark and not _ENTERPRISE.search(mark)


def levels_of(mark: str) -> Levels:
    """The levels that a mark names. A state word without ★ names none: it is a legacy stamp (P-08)."""
    enterprise = 2 if "核心商密" in mark else 1 if _ENTERPRISE.search(mark) else 0
    return Levels(state=_state_word(mark) if STAR in mark else 0, enterprise=enterprise)


def is_ordinary(mark: str) -> bool:
    """True for 普通商密, which is below 核心商密; any other level name is its owner's own (P-08)."""
    return "普通商密" in mark


def names_period(mark: str) -> bool:
    """True when something follows the ★, whether or not it can be read as a period."""
    return bool(mark.partition(STAR)[2].strip())


def period_of(mark: str) -> Period | None:
    """The period that a mark names; None when it names none, or one that only a person can read."""
    # What stands right behind the ★ or the owner's level name: 演练结束后1年 is a condition, not a year.
    behind = (
        re.split(f"{STAR}|{_ENTERPRISE.pattern}", mark)[-1]
        if STAR in mark or _ENTERPRISE.search(mark)
        else ""
    )
    text = "".join(behind.split()).translate(_DIGITS)
    if found := _DAY.match(text):
        try:
            return Period(PeriodKind.UNTIL, until=date(*(int(part) for part in found.groups())))
        except ValueError:
            return None
    if text.startswith("长期"):
        return Period(PeriodKind.LONG_TERM)
    if found := _MONTHS.match(text):
        return Period(PeriodKind.MONTHS, int(found[1]))
    if found := _YEARS.match(text):
        return Period(PeriodKind.YEARS, int(found[1]))
    return None


def _state_word(mark: str) -> int:
    words = _ENTERPRISE.sub("", mark)
    return next((level for word, level in _STATE if word in words), 0)
