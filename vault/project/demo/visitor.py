"""A person of the demo at a browser: signs in with both factors and files documents."""

import json
import time
from dataclasses import dataclass

from accounts.models import Account
from vault.project.demo.browser import Answer, Browser, options_of, token_of
from vault.project.demo.codes import NoCode, code_for
from vault.project.demo.documents import Paper
from vault.project.demo.people import BY_KEY, PLACE, Member


class NotObserved(Exception):
    """What was expected of the running system did not happen."""


@dataclass
class Visitor:
    """A signed-in person."""

    name: str
    browser: Browser
    _page: tuple[str, dict[str, dict[str, str]]] | None = None

    @classmethod
    def sign_in(cls, address: str, staff_no: str, password: str) -> "Visitor":
        """Through the sign-in page and the code page. Raises NotObserved."""
        browser = Browser(address)
        page = browser.get("/sign-in/")
        page = browser.post("/sign-in/", [("login", staff_no), ("password", password)], token=token_of(page))
        if 'name="code"' in page.text:
            account = Account.objects.get(staff_no=staff_no)
            page = browser.post("/sign-in/code/", [("code", _code(account))], token=token_of(page))
        landed = browser.get("/", follow=False)
        if landed.status == 302 and "recovery-codes" in landed.headers.get("location", ""):
            browser.get(landed.headers["location"])
            landed = browser.get("/", follow=False)
        if landed.status != 200:
            raise NotObserved(f"{staff_no} could not sign in: home answered {landed.status}")
        return cls(staff_no, browser)

    def file(self, paper: Paper, body: bytes) -> str:
        """File one document through the addresses of the filing page and return the record's. Raises NotObserved."""
        token, options = self._filing_page()
        if paper.archive_file and paper.archive_file not in options["archive_file"]:
            self._open_archive_file(paper)
            token, options = self._filing_page()
        opened = self.browser.post("/records/intake/", _fields(paper, options), token=token, follow=False)
        session = _json(opened, 201, f"upload session for {paper.document.key}")
        address = str(session["put_url_template"]).replace("{position}", "1")
        sent = self.browser.put(address, paper.file_name, body, token=token)
        received = _json(sent, 201, f"upload of {paper.document.key}")
        if received["state"] != "accepted":
            raise NotObserved(f"{paper.document.key} was not accepted: {received['reasons']}")
        done = self.browser.post(str(session["register_url"]), [], token=token, follow=False)
        filed = _json(done, 201, f"registering {paper.document.key}")
        return str(filed["location"])

    def _open_archive_file(self, paper: Paper) -> None:
        """Make the archive file that the paper is kept in; internal, its records raise it (CL-11)."""
        page = self.browser.get("/records/archive-files/new/")
        options = options_of(page)
        fields = [
            ("unit", _choose(options["unit"], PLACE[paper.document.unit].name)),
            ("series", _choose(options["series"], paper.document.series)),
            ("year", str(paper.day.year)),
            ("title", paper.archive_file),
            ("label", "internal"),
        ]
        made = self.browser.post("/records/archive-files/new/", fields, token=token_of(page), follow=False)
        if made.status != 302:
            raise NotObserved(f"archive file for {paper.document.key}: expected 302, saw {made.status}")
        self._page = None

    def _filing_page(self) -> tuple[str, dict[str, dict[str, str]]]:
        """The form's token and choices; the page stays open for one document after the other."""
        if self._page is None:
            page = self.browser.get("/records/file/")
            self._page = token_of(page), options_of(page)
        return self._page


def _code(account: Account) -> str:
    for _ in range(40):
        try:
            return code_for(account)
        except NoCode:
            time.sleep(1)
    return code_for(account)


def _fields(paper: Paper, options: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    document = paper.document
    fields = dict(paper.form())
    fields["unit"] = _choose(options["unit"], PLACE[document.unit].name)
    fields["series"] = _choose(options["series"], document.series)
    fields["retention_class"] = _choose(options["retention_class"], document.retention)
    if document.originator:
        fields["originator"] = _choose(options["originator"], PLACE[document.originator].name)
    if document.decider:
        fields["decider"] = _choose(options["decider"], BY_KEY[document.decider].name)
    pairs = [(name, value) for name, value in fields.items() if value]
    pairs += [("knowers", _choose(options["knowers"], _member(key).name)) for key in document.knowers]
    if paper.archive_file:
        pairs.append(("archive_file", _choose(options["archive_file"], paper.archive_file)))
    return [*pairs, ("register_now", "on")]


def _choose(options: dict[str, str], start: str) -> str:
    for text, value in options.items():
        if text.startswith(start):
            return value
    raise NotObserved(f"the filing page offers no {start!r}: {sorted(options)}")


def _member(key: str) -> Member:
    return BY_KEY[key]


def _json(answer: Answer, status: int, what: str) -> dict[str, object]:
    if answer.status != status:
        raise NotObserved(f"{what}: expected {status}, saw {answer.status} {answer.text[:300]}")
    found: dict[str, object] = json.loads(answer.body)
    return found
