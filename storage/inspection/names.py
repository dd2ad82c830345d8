"""File names: refused with a clear text, never silently altered. Pure."""

import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 255

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)


@dataclass(frozen=True, slots=True)
class NameProblem:
    """One thing wrong with a name; `code` is stable."""

    code: str
    zh: str
    en: str


_TABLE = {
    problem.code: problem
    for problem in (
        NameProblem("name_empty", "文件名为空。请为文件命名。", "The file has no name. Give it one."),
        NameProblem(
            "name_too_long",
            f"文件名超过 {MAX_CHARACTERS} 个字符。请缩短文件名。",
            f"The file name has more than {MAX_CHARACTERS} characters. Shorten it.",
        ),
        NameProblem(
            "name_control_character",
            "文件名含换行或其他控制字符。请重新命名。",
            "The file name contains a line break or another control character. Rename the file.",
        ),
        NameProblem(
            "name_direction_mark",
            "文件名含改变文字方向的隐藏字符，可能伪装扩展名。请重新命名。",
            "The file name contains a hidden mark that turns text around and can disguise the extension. "
            "Rename the file.",
        ),
        NameProblem(
            "name_hidden_character",
            "文件名含不可见字符。请重新命名。",
            "The file name contains invisible characters. Rename the file.",
        ),
        NameProblem(
            "name_path",
            "文件名含路径分隔符（/ 或 \\），或只由点组成。请只写文件名。",
            "The file name contains a path separator (/ or \\) or consists of dots. Give the bare name.",
        ),
        NameProblem(
            "name_edges",
            "文件名以空格开头，或以空格、点结尾。请重新命名。",
            "The file name begins with a space or ends with a space or a dot. Rename the file.",
        ),
        NameProblem(
            "name_reserved",
            "文件名是操作系统保留名（如 CON、NUL）。请重新命名。",
            "The file name is reserved by an operating system (such as CON or NUL). Rename the file.",
        ),
        NameProblem(
            "name_not_text",
            "文件名不是有效的 Unicode 文字。请重新命名。",
            "The file name is not valid Unicode text. Rename the file.",
        ),
    )
}


def check_name(name: str) -> list[NameProblem]:
    """Everything wrong with a file name as it came from the client; empty when it is fit to keep."""
    if not name or name.isspace():
        return [_TABLE["name_empty"]]
    categories = {unicodedata.category(character) for character in name}
    found = {
        "name_too_long": len(name) > MAX_CHARACTERS,
        "name_control_character": bool(categories & {"Cc", "Zl", "Zp"}),
        "name_direction_mark": bool(_BIDI.intersection(name)),
        "name_hidden_character": any(
            unicodedata.category(character) == "Cf" and character not in _BIDI for character in name
        ),
        "name_path": "/" in name or "\\" in name or not name.strip("."),
        "name_edges": name[0].isspace() or name[-1].isspace() or (name[-1] == "." and bool(name.strip("."))),
        "name_reserved": name.split(".", maxsplit=1)[0].strip().lower() in _RESERVED,
        "name_not_text": bool(categories & {"Cs", "Cn"}),
    }
    return [_TABLE[code] for code, wrong in found.items() if wrong]
