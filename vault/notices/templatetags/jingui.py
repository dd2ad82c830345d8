"""Tags and filters of the shell and its components.

Levels are mappings or objects with `css` (ts, s, c, core, ord, r, o), `text` and, where there is room, `long`.
Dates and times are shown as 2026-11-05 and 2026-11-05 14:03 in both languages; text passes through unchanged.
"""

import datetime
import re
import unicodedata
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

LEVEL_MARKS = frozenset({"ts", "s", "c", "core", "ord", "r", "o"})
TAG_KINDS = frozenset({"late", "soon", "ok", "info"})
# The words of a code, each with the sign after it.
_WORDS = re.compile(r"[^:+_-]+[:+_-]?|[:+_-]")
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CHOICES = frozenset({"radioselect", "checkboxselectmultiple", "selectmultiple"})
_LABEL_MARKS = {
    "open": "o",
    "internal": "r",
    "ordinary": "ord",
    "core": "core",
    "confidential": "c",
    "secret": "s",
    "top_secret": "ts",
}


@register.simple_tag
def html_lang() -> str:
    """The active language as HTML wants it: zh-Hans or en."""
    language = translation.get_language() or ""
    return "zh-Hans" if language.lower().startswith("zh") else (language or "en")


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language one click away: its code, its tag and its own name for itself."""
    if html_lang() == "zh-Hans":
        return {"code": "en", "lang": "en", "name": "English"}
    return {"code": "zh-hans", "lang": "zh-Hans", "name": "中文"}


@register.simple_tag
def seal(css: str = "") -> SafeString:
    """The seal with the two characters of the product's name; decoration beside a name that is text."""
    return format_html(
        '<svg class="seal {}" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
        '<rect x="2" y="2" width="36" height="36" rx="5"/>'
        '<g font-size="14.5" font-weight="700" text-anchor="middle" font-family="serif">'
        '<text x="20" y="17.5" lang="zh-Hans">金</text><text x="20" y="33" lang="zh-Hans">匮</text></g></svg>',
        css,
    )


@register.simple_tag
def level(label: Any, proposed: Any = False) -> SafeString:
    """A level badge: text, shape and colour; a proposed one says so beside it."""
    css, text = _part(label, "css"), _part(label, "text")
    if not text:
        return SafeString("")
    badge = format_html('<span class="level {}">{}</span>', css if css in LEVEL_MARKS else "r", text)
    return badge if not proposed else badge + format_html(' <span class="tag soon">{}</span>', _("proposed"))


@register.simple_tag
def tag(text: Any, kind: str = "") -> SafeString:
    """A small rounded word; `kind` is late, soon, ok, info or empty."""
    if text in (None, ""):
        return SafeString("")
    return format_html('<span class="{}">{}</span>', f"tag {kind}" if kind in TAG_KINDS else "tag", text)


@register.inclusion_tag("components/field.html")
def field(bound: Any, css: str = "", placeholder: str = "", *, must: bool = False) -> dict[str, Any]:
    """One form field with its label, help and errors, tied together for screen readers; a missing field is nothing."""
    if not isinstance(bound, BoundField):
        return {"field": None}
    kind = bound.widget_type
    attributes: dict[str, Any] = {}
    if placeholder:
        attributes["placeholder"] = placeholder
    return {
        "field": bound,
        "css": css,
        "choices": kind in _CHOICES,
        "options": _options(bound) if kind == "selectmultiple" else None,
        "single_check": kind == "checkbox",
        "control": "" if kind in _CHOICES else bound.as_widget(attrs=attributes or None),
        "required": bound.field.required or must,
    }


@register.filter
def label_mark(choice: Any) -> str:
    """The badge class of a label by its name in forms, such as `internal` or `top_secret`; others have none."""
    return _LABEL_MARKS.get(_text(choice), "")


@register.filter
def day(value: Any) -> str:
    """A date as 2026-11-05; a time is first brought to local time."""
    if isinstance(value, datetime.datetime):
        return _local(value).strftime("%Y-%m-%d")
    return value.isoformat() if isinstance(value, datetime.date) else _text(value)


@register.filter
def moment(value: Any) -> str:
    """A time as 2026-11-05 14:03, local."""
    return _local(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime.datetime) else day(value)


@register.filter
def second(value: Any) -> str:
    """A time as 2026-11-05 14:03:27, local, where the order of events matters."""
    return _local(value).strftime("%Y-%m-%d %H:%M:%S") if isinstance(value, datetime.datetime) else day(value)


@register.filter
def grouped(value: Any) -> str:
    """12846 as 12,846, the same in both languages (Chinese formats of Django group by four)."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _text(value)


@register.filter
def breakable(code: Any) -> SafeString:
    """A code such as `holdings:record:describe`, which a narrow column breaks between its words and not in them."""
    return format_html_join("", "{}<wbr>", ((part,) for part in _WORDS.findall(_text(code))))


@register.filter
def visible(value: Any) -> str:
    """A file name that can neither turn the line around nor hide its end: unprintable marks become a box."""
    return "".join("□" if unicodedata.category(one) in _UNPRINTED else one for one in _text(value))


def _options(bound: BoundField) -> list[dict[str, Any]]:
    """Boxes to tick in place of a list that wants a held key."""
    chosen = {str(getattr(value, "pk", value)) for value in bound.value() or ()}
    return [
        {"value": str(value), "label": label, "checked": str(value) in chosen}
        for value, label in bound.field.choices
    ]


def _part(label: Any, name: str) -> str:
    found = label.get(name) if isinstance(label, dict) else getattr(label, name, None)
    return _text(found)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
