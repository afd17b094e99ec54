"""Simple HTML to text, with the standard library's parser; hidden elements are reported, not read."""

import re
from html.parser import HTMLParser

from shared.documents.model import DocumentText
from shared.documents.text import strip_invisible

# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "table", "td", "th", "title", "tr", "ul",
})
_SKIPPED = frozenset({"script", "style", "head", "template", "noscript", "svg", "iframe", "object"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})
# fmt: on
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|font-size\s*:\s*[01](?:\.\d+)?\s*(?:px|pt|em|%)?\s*(?:;|$)"
    r"|(?<![-\w])color\s*:\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(r"background(?:-color)?\s*:\s*(?!\s*(?:white|#fff|none|transparent))", re.IGNORECASE)


def looks_like_html(text: str) -> bool:
    """Tell whether a text is an HTML page, by its first characters."""
    return bool(re.match(r"\s*(?:<!doctype html|<html[\s>])", text, re.IGNORECASE))


def read_html(text: str) -> DocumentText:
    """Return the visible text of an HTML page."""
    parser = _Visible()
    parser.feed(text)
    parser.close()
    visible, invisible = strip_invisible(_tidy("".join(parser.shown)))
    hidden = [" ".join(passage.split()) for passage in "".join(parser.unseen).split("\x00")]
    return DocumentText(text=visible, kind="html", hidden=[*filter(None, hidden), *invisible])


def _tidy(text: str) -> str:
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Visible(HTMLParser):
    """Collects what is shown and, apart, what is hidden by style or attribute."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.shown: list[str] = []
        self.unseen: list[str] = []
        self._open: list[tuple[str, str]] = []

    def _state(self) -> str:
        return self._open[-1][1] if self._open else "shown"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS and self._state() == "shown":
            self.shown.append("\n• " if tag == "li" else "\n")
        if tag in _VOID:
            return
        state = self._state()
        if tag in _SKIPPED:
            state = "skipped"
        elif state == "shown" and _is_hidden(dict(attrs)):
            state = "unseen"
            self.unseen.append("\x00")
        self._open.append((tag, state))

    def handle_endtag(self, tag: str) -> None:
        # Unclosed tags are common: close down to the matching one, ignore an end without a start.
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                break
        if tag in _BLOCKS and self._state() == "shown":
            self.shown.append("\n")

    def handle_data(self, data: str) -> None:
        state = self._state()
        if state == "shown":
            self.shown.append(data if self._in_pre() else re.sub(r"\s+", " ", data))
        elif state == "unseen":
            self.unseen.append(data)

    def _in_pre(self) -> bool:
        return any(tag == "pre" for tag, _ in self._open)


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style") or ""
    found = _HIDDEN_STYLE.search(style)
    if found is None:
        return False
    # White on a coloured ground is a design, not a hiding place.
    return "color" not in found.group().lower() or not _BACKGROUND.search(style)
