"""What of a page comes out of the printer: all but what is marked `no-print`."""

from html.parser import HTMLParser

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "rect", "path", "use", "wbr"}


class Paper(HTMLParser):
    """Collects the text that is printed."""

    def __init__(self) -> None:
        """Begin outside any element that stays on the screen."""
        super().__init__()
        self.text: list[str] = []
        self._kept_back = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element, perhaps one that is not printed."""
        classes = (dict(attrs).get("class") or "").split()
        if tag not in VOID and (self._kept_back or "no-print" in classes):
            self._kept_back += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag not in VOID and self._kept_back:
            self._kept_back -= 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over an element without content."""

    def handle_data(self, data: str) -> None:
        """Keep the text that is printed."""
        if not self._kept_back:
            self.text.append(data)


def printed(page: str) -> str:
    """Return the words that a printed page bears."""
    paper = Paper()
    paper.feed(page)
    return " ".join(" ".join(paper.text).split())
