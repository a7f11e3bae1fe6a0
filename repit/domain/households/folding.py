"""Words as a search sees them: no accents, no capitals, no punctuation.

Kept beside the name, because the two databases disagree on what `lower` does to « É ».
"""

import re
import unicodedata

NAME_ROOM, SEARCH_ROOM = 360, 720  # some symbols unfold into a dozen

_WHOLE = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(words: str) -> str:
    """Return « zoe d aguiar » for « Zoé D'AGUIAR »."""
    whole = words.casefold().translate(_WHOLE)
    apart = unicodedata.normalize("NFKD", whole)
    bare = "".join(symbol for symbol in apart if not unicodedata.combining(symbol))
    return _NOT_A_WORD.sub(" ", bare).strip()


def name_key(first_name: str, last_name: str) -> str:
    """Return what two writings of one name have in common; sorts by last name."""
    return f"{fold(last_name)}, {fold(first_name)}"[:NAME_ROOM]


def search_key(first_name: str, last_name: str, number: str, town: str, postcode: str) -> str:
    """Return everything a parent is searched by, e-mail apart."""
    parts = (first_name, last_name, number, town, postcode)
    return " ".join(fold(part) for part in parts)[:SEARCH_ROOM]
