"""The operator's logo, read and checked when the application starts: PNG or SVG in, SVG out.

A file that is missing on one machine stops that machine, so every process hands out the same
papers. A PNG is put into an SVG, so that who sets it knows one form only.
"""

from base64 import b64encode
from pathlib import Path

MOST_BYTES = 200_000
PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 4_000
NEVER = frozenset({"script", "foreignObject", "text", "style", "a", "animate", "set"})
"""What a picture on paper has no use for. Letters are drawn: their font is not ours."""
NAME = "REPIT_OPERATOR_LOGO"


class UnusableLogo(Exception):
    """The file cannot be the logo; the message says why."""


def problems(path: str | None) -> list[str]:
    """Return what is wrong with the logo; without one there is nothing wrong."""
    try:
        load(path)
    except UnusableLogo as why:
        return [f"{NAME}: {why}"]
    return []


def load(path: str | None) -> str:
    """Return the logo as SVG text, empty without one.

    Raises:
        UnusableLogo: it cannot be read, is too big, or is not a plain picture.
    """
    if not path:
        return ""
    try:
        content = Path(path).read_bytes()
    except OSError as why:
        raise UnusableLogo(f"{path!r} cannot be read ({why.strerror})") from why
    if len(content) > MOST_BYTES:
        raise UnusableLogo(f"{path!r} is over {MOST_BYTES // 1000} kB")
    return _from_png(content, path) if content.startswith(PNG) else _checked(content, path)


def _from_png(content: bytes, path: str) -> str:
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise UnusableLogo(f"{path!r} is not a PNG of at most {MOST_PIXELS} pixels a side")
    data = b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )


def _checked(content: bytes, path: str) -> str:
    from lxml import etree  # noqa: PLC0415  (few installations have a logo to read)

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as why:
        raise UnusableLogo(f"{path!r} is neither a PNG nor an SVG") from why
    if etree.QName(root).localname != "svg" or root.getroottree().docinfo.doctype:
        raise UnusableLogo(f"{path!r} is neither a PNG nor an SVG without a document type")
    if not root.get("viewBox"):
        raise UnusableLogo(f"{path!r} has no viewBox: nobody can tell its size")
    for element in root.iter(etree.Element):
        _check(element.tag, dict(element.attrib), path)
    return etree.tostring(root, encoding="unicode")


def _check(tag: object, attributes: dict[str, str], path: str) -> None:
    name = str(tag).rpartition("}")[2]
    if name in NEVER:
        raise UnusableLogo(f"{path!r} holds <{name}>: draw it with shapes alone")
    for attribute, value in attributes.items():
        plain = attribute.rpartition("}")[2]
        inside = value.startswith(("#", "data:image/png;base64,"))
        if plain.startswith("on") or (plain == "href" and not inside):
            raise UnusableLogo(f"{path!r} has {plain}=…: nothing in it may run or be fetched")
