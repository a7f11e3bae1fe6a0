"""Whether two writings of a name may be one person. Pure; `static/js/likeness.js` is its twin.

A phone without network has to refuse what we would refuse: whoever changes the one changes the
other, and `tests/browser/test_likeness.py` compares them.
"""

from repit.domain.households.folding import fold

TITLES = frozenset(
    {"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur"}
)
ONE_SLIP, TWO_SLIPS = 4, 7
"""From so many letters on a word may be written with one slip, or two."""


def same_name(one: str, other: str) -> bool:
    """Tell whether two writings have the same words: in any order, case and accent."""
    return set(_words(one)) == set(_words(other)) or _letters(one) == _letters(other)


def may_be_one(blocked: str, typed: str) -> bool:
    """Tell whether a typed name is a blocked person's: one has all words of the other."""
    here, there = set(_words(blocked)), set(_words(typed))
    return same_name(blocked, typed) or bool(here and there and (here <= there or there <= here))


def looks_like(blocked: str, typed: str) -> bool:
    """Tell whether a typed name may be a blocked person's, misspelt or with an initial.

    Every word of the shorter name is like one of the other's, each of them used once; or all the
    letters are nearly the same. It errs on the side of alarm: somebody has to look then.
    """
    few, many = sorted((_words(blocked), _words(typed)), key=len)
    if not few:
        return False
    return _each_has_its_own(few, many) or _nearly(_letters(blocked), _letters(typed))


def _each_has_its_own(few: list[str], many: list[str]) -> bool:
    if not few:
        return True
    first, *others = few
    return any(
        _like(first, word) and _each_has_its_own(others, [*many[:place], *many[place + 1 :]])
        for place, word in enumerate(many)
    )


def _like(one: str, other: str) -> bool:
    if 1 in {len(one), len(other)}:
        return one[0] == other[0]
    return _nearly(one, other)


def _nearly(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    slips = (shorter >= ONE_SLIP) + (shorter >= TWO_SLIPS)
    return abs(len(one) - len(other)) <= slips and _distance(one, other) <= slips


def _distance(one: str, other: str) -> int:
    """Return how many letters are added, left out, changed, or swapped with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        here = [row]
        for column, there in enumerate(other, start=1):
            change = last[column - 1] + (letter != there)
            best = min(last[column] + 1, here[column - 1] + 1, change)
            swapped = row > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[row - 2] == there:
                best = min(best, before[column - 2] + 1)
            here.append(best)
        before, last = last, here
    return last[-1]


def _words(name: str) -> list[str]:
    """Return the words of a name, without « M. » or « Madame » unless there is nothing else."""
    words = fold(name).split()
    return [word for word in words if word not in TITLES] or words


def _letters(name: str) -> str:
    return fold(name).replace(" ", "")
