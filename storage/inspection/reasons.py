"""Why a file is quarantined, or stored without a preview: stable codes, each with a sentence in both
languages.

Pure. A code is never renamed; a sentence says what is wrong and what to do (PF-03).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable `code` with what the interface shows for it."""

    code: str
    zh: str
    en: str


_QUARANTINE = (
    Reason(
        "empty_file",
        "文件为空（0 字节）。请重新导出后再上传。",
        "The file is empty. Export it again and upload that.",
    ),
    Reason(
        "extension_mismatch",
        "扩展名与实际内容不符。请改成与内容相符的扩展名，或上传正确的文件。",
        "The extension does not fit the content. Rename the file to what it is, or upload the right one.",
    ),
    Reason(
        "unlisted_type",
        "此类文件不在可接收格式之列。请转换为 PDF 等归档格式。",
        "This type of file is not on the list of accepted formats. Convert it to PDF or another of them.",
    ),
    Reason(
        "executable",
        "文件是可执行程序或脚本，不予接收。",
        "The file is a program or a script and is not accepted.",
    ),
    Reason(
        "active_content",
        "网页和矢量图（HTML、SVG）可能含脚本，不予接收。请打印为 PDF 后上传。",
        "Web pages and SVG drawings can carry scripts. Print it to PDF and upload that.",
    ),
    Reason(
        "encrypted_pdf",
        "PDF 设有打开口令或权限限制，无法长期保存。请去除口令和限制后上传。",
        "The PDF is encrypted or restricted by a password. Remove the password and restrictions first.",
    ),
    Reason(
        "scripted_pdf",
        "PDF 含有脚本（JavaScript 或 XFA 表单）。请另存为不含脚本的 PDF/A。",
        "The PDF contains scripts (JavaScript or an XFA form). Save it as PDF/A without them.",
    ),
    Reason(
        "pdf_launch_action",
        "PDF 含有启动程序、导入数据或提交表单的动作。请另存为 PDF/A。",
        "The PDF starts programs, imports data or submits forms. Save it as PDF/A.",
    ),
    Reason(
        "pdf_embedded_file",
        "PDF 内嵌多媒体，或内嵌本系统不接收的附件。请取出后分别上传。",
        "The PDF has media in it, or an attached file that is not accepted. Extract them and upload each by "
        "itself.",
    ),
    Reason(
        "malformed_pdf",
        "PDF 已损坏或不完整。请重新导出或重新扫描后上传。",
        "The PDF is damaged or incomplete. Export or scan it again.",
    ),
    Reason(
        "encrypted_office",
        "办公文档设有打开口令。请去除口令后上传。",
        "The office document is protected by a password. Remove it and upload the document again.",
    ),
    Reason(
        "encrypted_archive",
        "压缩包设有口令，无法检查。请去除口令后上传。",
        "The archive is encrypted and cannot be checked. Upload it without a password.",
    ),
    Reason(
        "macros",
        "办公文档含有宏或控件。请另存为不含宏的格式。",
        "The office document contains macros or controls. Save it in a format without them.",
    ),
    Reason(
        "embedded_object",
        "文档内嵌对象或程序包。请取出后分别上传。",
        "The document has objects or packages embedded in it. Extract them and upload each by itself.",
    ),
    Reason(
        "external_reference",
        "文档打开时会从外部加载模板或对象。请断开外部链接后上传。",
        "The document loads a template or object from elsewhere. Break the link and save it again.",
    ),
    Reason(
        "nested_archive",
        "压缩包内还有压缩包。请解开后上传。",
        "The archive contains another archive. Unpack it first.",
    ),
    Reason(
        "archive_bomb",
        "压缩包解开后异常庞大，或条目过多、相互重叠。请解开后分别上传。",
        "The archive unpacks to an abnormal size, or its entries are too many or overlap. Upload the files.",
    ),
    Reason(
        "pixel_flood",
        "图像声明的像素数超过上限。请降低分辨率后上传。",
        "The image declares more pixels than the limit. Upload it at a lower resolution.",
    ),
    Reason(
        "malformed_file",
        "文件已损坏或不完整。请从原程序重新保存后上传。",
        "The file is damaged or incomplete. Save it again from the program it came from.",
    ),
    Reason(
        "unsafe_attachment",
        "邮件、PDF 的附件或压缩包内的文件不安全（程序、宏、脚本或加密文件）。请去除后上传。",
        "A file inside is not safe (a program, macros, scripts or encryption). Remove it and upload again.",
    ),
    Reason(
        "virus_found",
        "病毒扫描发现恶意代码。请联系系统管理员。",
        "The virus scanner found malicious code. Tell the system officer.",
    ),
    Reason(
        "too_large_to_inspect",
        "文件超过此类文件的检查上限，无法确认安全。请拆分后上传。",
        "The file is larger than files of this kind can be checked. Split it.",
    ),
    Reason(
        "inspection_timeout",
        "检查此文件耗时过长，已中止。请简化或拆分后上传。",
        "Checking this file took too long and was stopped. Simplify or split it.",
    ),
    Reason(
        "inspection_crashed",
        "检查此文件时程序异常中止，文件可能已损坏。请从原程序重新保存后上传。",
        "The file broke the program that checks it. Save it again from the program it came from.",
    ),
    Reason(
        "inspection_too_large",
        "检查此文件所需内存超过上限。请简化或拆分后上传。",
        "Checking this file needs more memory than allowed. Simplify or split it.",
    ),
)

_NOT_PREVIEWED = (
    Reason("quarantined", "文件已隔离，不提供预览。", "The file is in quarantine and is not shown."),
    Reason(
        "too_large_to_preview",
        "文件已保存；超过此类文件的预览上限，不提供预览。",
        "The file is stored; it is above the size up to which this kind is previewed.",
    ),
    Reason(
        "kind_not_previewed",
        "文件已保存；此类文件不提供预览。",
        "The file is stored; files of this kind are not previewed.",
    ),
    Reason(
        "preview_failed",
        "文件已保存；未能生成预览。",
        "The file is stored; a preview could not be made.",
    ),
)

REASONS: dict[str, Reason] = {row.code: row for row in _QUARANTINE}
NOT_PREVIEWED: dict[str, Reason] = {row.code: row for row in _NOT_PREVIEWED}


def explain(code: str, language: str = "zh") -> str:
    """The sentence of a code in "zh" (any Chinese tag) or else English; an unknown code raises `KeyError`."""
    row = REASONS.get(code) or NOT_PREVIEWED[code]
    return row.zh if language.startswith("zh") else row.en
