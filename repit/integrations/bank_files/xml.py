"""Open XML that came from outside: no entity, no network, no document type, any namespace."""

from collections.abc import Iterator

from lxml import etree

from repit.domain.banking.errors import BadXml, FileTruncated, ForbiddenXml

Element = etree._Element  # noqa: SLF001  (lxml gives its type no other name)


def root_of(content: bytes) -> Element:
    """Return the root of a document.

    Banks exist that write Windows' Latin letters and call them UTF-8: such a file is read as
    what it is.

    Raises:
        FileTruncated, BadXml, ForbiddenXml: see `errors`.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ForbiddenXml
    try:
        root = _parse(content)
    except etree.XMLSyntaxError as trouble:
        if "encod" in str(trouble).lower() or "utf-8" in str(trouble).lower():
            return _reread(content)
        raise _refusal(content, trouble) from trouble
    if root.getroottree().docinfo.doctype:
        raise ForbiddenXml  # written in an encoding that hid it from the look above
    return root


def children(parent: Element | None, *names: str) -> list[Element]:
    """Return the elements at the end of a path of local names, whatever their namespace."""
    found = [] if parent is None else [parent]
    for name in names:
        found = [child for one in found for child in one if local_name(child) == name]
    return found


def child(parent: Element | None, *names: str) -> Element | None:
    """Return the first element at the end of a path, or None."""
    found = children(parent, *names)
    return found[0] if found else None


def text(parent: Element | None, *names: str) -> str | None:
    """Return the trimmed text at the end of a path; None when it is missing or blank."""
    found = child(parent, *names)
    if found is None:
        return None
    return " ".join((found.text or "").split()) or None


def first_text(parent: Element | None, *paths: tuple[str, ...]) -> str | None:
    """Return the text at the first of these paths that has one."""
    return next((said for path in paths if (said := text(parent, *path)) is not None), None)


def anywhere(root: Element, name: str) -> Iterator[Element]:
    """Return every element of a local name, in the order of the document."""
    return (one for one in root.iter() if local_name(one) == name)


def local_name(element: Element) -> str:
    """Return the name without its namespace; comments have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _parse(content: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    return etree.fromstring(content, parser)


def _reread(content: bytes) -> Element:
    body = content.decode("cp1252", errors="replace")
    declaration_end = body.find("?>")
    if body.lstrip().startswith("<?xml") and declaration_end > 0:
        body = body[declaration_end + 2 :]
    try:
        return _parse(body.strip().encode())
    except etree.XMLSyntaxError as trouble:
        raise _refusal(content, trouble) from trouble


def _refusal(content: bytes, trouble: etree.XMLSyntaxError) -> FileTruncated | BadXml:
    """A document whose end is missing, or one that is wrong inside."""
    last_line = content.count(b"\n") + 1
    at_line = trouble.lineno or 1
    ends = content.rstrip(b" \t\r\n\x00").endswith(b">")
    closed = ends and content.rstrip(b" \t\r\n\x00").rpartition(b"</")[2].find(b"Document") >= 0
    if at_line >= last_line and not closed:
        return FileTruncated()
    return BadXml(at_line=at_line)
