"""The reference a funder writes on its transfer: ISO 11649, `RF` and two check digits.

It is built from the contribution's row and always looks the same, so that it is found again in
whatever a bank makes of it: `RF18CR000042`, shown « RF18 CR00 0042 ».
"""

import re
from collections.abc import Iterable

OURS = "CR"
"""Stands before our numbers: another creditor's reference is not taken for one of ours."""
FEWEST_DIGITS = 6
MOST_DIGITS = 18
"""Enough for any row; longer ones are two things written side by side."""
FEWEST_TYPED = 3
"""Fewer characters are looked for in names only."""

_OURS = re.compile(rf"RF(\d\d){OURS}(\d{{{FEWEST_DIGITS},{MOST_DIGITS}}})")
_ANY = re.compile(r"\bRF\d\d[A-Z0-9]{1,21}\b")
_NOISE = re.compile(r"[^A-Z0-9]")


def reference_of(contribution_id: int) -> str:
    """Return the reference of a contribution, without spaces."""
    body = f"{OURS}{contribution_id:0{FEWEST_DIGITS}d}"
    return f"RF{98 - _remainder(f'{body}RF00'):02d}{body}"


def spaced(reference: str) -> str:
    """Return a reference in groups of four, as it is read aloud and typed."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def checks(reference: str) -> bool:
    """Say whether the check digits of any ISO 11649 reference are right."""
    return _remainder(reference[4:] + reference[:4]) == 1


def found_in(*texts: str | None) -> list[int]:
    """Return the contributions whose reference stands in these texts, each once, in order.

    Spaces, capitals and punctuation do not matter, and other words may touch the reference;
    its check digits and its length decide where it ends.
    """
    found: dict[int, None] = {}
    for text in texts:
        for match in _OURS.finditer(_plain(text)):
            for number in _whole(match):
                found[number] = None
    return list(found)


def with_part(part: str, contribution_ids: Iterable[int]) -> list[int]:
    """Return those of these contributions in whose reference a part that was typed stands."""
    plain = _plain(part)
    if len(plain) < FEWEST_TYPED:
        return []
    return [one for one in contribution_ids if plain in reference_of(one)]


def misspelt_in(*texts: str | None) -> list[str]:
    """Return what looks like one of our references and is wrong: a slip of the hand."""
    return [
        match.group()[: 4 + len(OURS) + FEWEST_DIGITS]
        for text in texts
        for match in _OURS.finditer(_plain(text))
        if not _whole(match)
    ]


def foreign_in(*texts: str | None) -> list[str]:
    """Return the references of other creditors in these texts."""
    return [
        match.group()
        for text in texts
        for match in _ANY.finditer((text or "").upper())
        if checks(match.group()) and not _OURS.match(match.group())
    ]


def _whole(match: re.Match[str]) -> list[int]:
    """Return every number it may be: digits of something else may touch its end."""
    check, digits = match.groups()
    bodies = (digits[:length] for length in range(FEWEST_DIGITS, len(digits) + 1))
    return [int(body) for body in bodies if reference_of(int(body)) == f"RF{check}{OURS}{body}"]


def _plain(text: str | None) -> str:
    return _NOISE.sub("", (text or "").upper())


def _remainder(text: str) -> int:
    """Return modulo 97 of a text whose letters count from A = 10."""
    return int("".join(str(int(letter, 36)) for letter in text)) % 97
