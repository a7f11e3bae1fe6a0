"""What the audit of a release found, in plain words for the operator.

An audit is what `releases.auditing` stored; a figure is named by its indicator, its parts, whose it
is and when.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain.periods import PeriodKind
from repit.domain.releases.content import Content
from repit.domain.releases.facts import ALL
from repit.domain.releases.truth import DIVIDED_BY
from repit.web import formats
from repit.web.words import indicator_parts, indicators

SHOWN = 12
"""So many of the narrowest intervals are read out; the file of the audit is not for reading."""
KIND_BY_MONTHS = {3: PeriodKind.QUARTER, 6: PeriodKind.SEMESTER, 12: PeriodKind.YEAR}


@dataclass(frozen=True)
class Interval:
    """A figure that must stay secret, and all that it could be for who reads everything."""

    figure: str
    low: str
    high: str


@dataclass(frozen=True)
class Findings:
    """`passed`: nothing blocks. `instead`: the period that would pass, to draft in its place."""

    passed: bool
    attacked: str
    coarsened: list[tuple[str, list[str]]]
    hidden: list[str]
    intervals: list[Interval]
    more: int
    """How many intervals are not read out: each is as wide or wider."""
    blocks: list[str]
    instead: str | None
    instead_value: str | None


def findings(
    audit: Mapping[str, Any], funds: Mapping[str, str], content: Content | None
) -> Findings:
    """Return an audit in words.

    Args:
        audit: see `releases.auditing`.
        funds: titles by scope (`fund:7`).
        content: what is shown; None when it is blocked.
    """
    guarded = audit["guarded"]
    instead = audit["instead"]
    return Findings(
        passed=not audit["blocks"],
        attacked=_attacked(len(guarded), audit["programs"]),
        coarsened=[
            (indicators.label(name), [indicators.coarsened(one) for one in what])
            for name, what in audit["coarsened"]
        ],
        hidden=[indicators.label(name) for name in _hidden(audit, content)],
        intervals=[_interval(one, funds) for one in guarded[:SHOWN]],
        more=max(0, len(guarded) - SHOWN),
        blocks=list(dict.fromkeys(_blocks(audit["blocks"], funds))),
        instead=_period_of(instead) if instead else None,
        instead_value=f"{instead['kind']}:{instead['first_day']}" if instead else None,
    )


def _hidden(audit: Mapping[str, Any], content: Content | None) -> list[str]:
    """Return the indicators that are told in no part: tables, then shares and delays.

    When the share of all referrals is secret, that of each kind need not be named too.
    """
    secret = [one.name for one in content.statistics if one.value is None] if content else []
    kinds_too = "referrals" not in secret
    return [*audit["hidden"], *(one for one in secret if kinds_too or "." not in one)]


def _attacked(secrets: int, programs: int) -> str:
    if not secrets:
        return _("Aucun nombre de cette publication ne parle de trop peu de foyers.")
    return ngettext(
        "%(num)s nombre doit rester secret : %(times)s calculs ont essayé de le retrouver avec"
        " tout ce qui est publié.",
        "%(num)s nombres doivent rester secrets : %(times)s calculs ont essayé de les retrouver"
        " avec tout ce qui est publié.",
        secrets,
        times=formats.number(programs),
    )


def _interval(one: Mapping[str, Any], funds: Mapping[str, str]) -> Interval:
    return Interval(
        figure_in_words(one["where"], funds),
        formats.number(max(0, ceil(one["low"]))),
        formats.number(floor(one["high"])),
    )


def figure_in_words(where: Mapping[str, Any], funds: Mapping[str, str]) -> str:
    """Return « Foyers aidés (isolés), DRDFE 2026, 1er trimestre 2026 », and what of it."""
    parts = ", ".join(_parts(where["name"], where["at"]))
    label = indicators.label(where["name"])
    named = f"{label} ({parts})" if parts else label
    whose = funds.get(where["scope"]) or _("tout le dispositif")
    return f"{_what_of_it(where['kind'], named)}, {whose}, {_period(where)}"


def _what_of_it(kind: str, figure: str) -> str:
    match kind:
        case "rest":
            return _("%(figure)s : tous les autres", figure=figure)
        case "longer_only":
            return _("%(figure)s : venus à un autre moment de l’année", figure=figure)
        case "both_periods":
            return _("%(figure)s : venus dans les deux périodes", figure=figure)
        case "other_funds":
            return _("%(figure)s : aidés seulement par une autre enveloppe", figure=figure)
        case "both_funds":
            return _("%(figure)s : aidés par deux enveloppes", figure=figure)
        case _:
            return figure


def _parts(name: str, at: Iterable[str]) -> Iterator[str]:
    for dimension, codes in zip(DIVIDED_BY.get(name, ()), at, strict=False):
        if codes != ALL:
            yield indicator_parts.part(dimension, codes.split("+"))


def _period(where: Mapping[str, Any]) -> str:
    first, last = (date.fromisoformat(where[name]) for name in ("first_day", "last_day"))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return indicator_parts.period(KIND_BY_MONTHS[months], first)


def _period_of(period: Mapping[str, str]) -> str:
    return indicator_parts.period(period["kind"], date.fromisoformat(period["first_day"]))


def _blocks(blocks: Iterable[Mapping[str, Any]], funds: Mapping[str, str]) -> Iterator[str]:
    for one in blocks:
        figure = figure_in_words(one["where"], funds)
        match one["why"]:
            case "changed":
                yield _(
                    "%(figure)s : ce tableau a déjà été publié avec d’autres nombres.",
                    figure=figure,
                )
            case "narrow_before":
                yield _(
                    "%(figure)s : les publications déjà approuvées suffisent à le retrouver.",
                    figure=figure,
                )
            case _:
                yield _(
                    "%(figure)s : on pourrait le retrouver, même en cachant tout le tableau.",
                    figure=figure,
                )
