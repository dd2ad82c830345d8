"""A small browser: cookies, forms, raw uploads. What the demo observes, it observes through this."""

import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode, urljoin, urlsplit

TIMEOUT = 60
REDIRECTS = frozenset({301, 302, 303})
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Browser:
    """One person's browser against a server on this machine."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "localhost", parts.port or 80
        self._cookies: dict[str, str] = {}

    def get(self, path: str, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Answer:
        answer = self._send("GET", path, b"", headers or {})
        for _ in range(5):
            if not (follow and answer.status in REDIRECTS):
                break
            path = urljoin(path, answer.headers["location"])
            answer = self._send("GET", path, b"", {})
        return answer

    def post(self, path: str, fields: Fields, *, token: str, follow: bool = True) -> Answer:
        """Send a form as a browser does."""
        body = urlencode([("csrfmiddlewaretoken", token), *fields]).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        answer = self._send("POST", path, body, headers)
        if follow and answer.status in REDIRECTS:
            return self.get(urljoin(path, answer.headers["location"]))
        return answer

    def put(self, path: str, name: str, body: bytes, *, token: str) -> Answer:
        """Send a file as the filing page does."""
        headers = {
            "Content-Type": "application/octet-stream",
            "X-File-Name": quote(name),
            "X-CSRFToken": token,
        }
        return self._send("PUT", path, body, headers)

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            cookie = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            origin = f"http://{self._host}:{self._port}"
            common = {"Host": f"{self._host}:{self._port}", "Origin": origin, "Accept-Language": "zh-CN"}
            if cookie:
                common["Cookie"] = cookie
            parts = urlsplit(path)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body if method != "GET" else None, {**common, **headers})
            response = connection.getresponse()
            data = response.read()
            for line in response.headers.get_all("Set-Cookie") or []:
                for name, morsel in SimpleCookie(line).items():
                    self._cookies[name] = morsel.value
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, data
            )
        finally:
            connection.close()


def token_of(page: Answer) -> str:
    """The form token of a page. Raises LookupError."""
    match = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if match is None:
        raise LookupError(f"the page has no form (status {page.status})")
    return match[1]


def options_of(page: Answer) -> dict[str, dict[str, str]]:
    """What a page lets one choose, in select boxes, tick boxes and radio buttons: name → shown text → value."""
    parser = _Options()
    parser.feed(page.text)
    return parser.found


class _Options(HTMLParser):
    """A choice is an `option` in its `select`, or an `input` in its `label`; its text ends with that element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}
        self._select = ""
        self._choice: tuple[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._begin(self._select, given.get("value", ""))
        elif tag == "input" and given.get("type") in {"checkbox", "radio"}:
            self._begin(given.get("name", ""), given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._choice is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"option", "label"} and self._choice is not None:
            name, value = self._choice
            self.found.setdefault(name, {})[self._text.strip()] = value
            self._choice = None
        elif tag == "select":
            self._select = ""

    def _begin(self, name: str, value: str) -> None:
        self._choice, self._text = (name, value), ""
