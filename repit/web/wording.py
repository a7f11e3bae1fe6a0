"""Every refusal of the domain, in words: what happened, and what to do next.

One line per code; what fills a page has its own table in `words/`. `%(name)s` is a fact of the
error, shown as the reader writes it: `Cents` and `…_cents` as euros, `Minutes` as time, days
and moments as dates (a moment `at` also as `at_day` and `at_time`), categories by their names.
"""

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from repit.domain.categories import Category
from repit.domain.entitlements.errors import IsolatedNotFavoured
from repit.domain.errors import DomainError
from repit.domain.money import Cents, Minutes
from repit.web import categories, formats
from repit.web.words import (
    accounting,
    attendance,
    banking,
    bookings,
    cards,
    care,
    care_sheets,
    costs,
    entitlements,
    family_shares,
    figures,
    households,
    people,
    programmes,
    providers,
    redemptions,
    referrals,
    releases,
    settlements,
    summaries,
    vouchers,
    walk_ins,
    workshops,
)

WORDING: dict[str, tuple[LazyString, LazyString]] = {
    "not_found": (
        lazy_gettext("Cette page n’existe pas."),
        lazy_gettext("Vérifiez l’adresse, ou revenez à l’accueil."),
    ),
    "try_again": (
        lazy_gettext("Quelqu’un d’autre change la même chose en ce moment."),
        lazy_gettext("Attendez quelques secondes, puis recommencez."),
    ),
    "day_to_come": (
        lazy_gettext("Le %(day)s n’est pas encore arrivé."),
        lazy_gettext("Notez ce qui est déjà fait, avec son jour."),
    ),
    "day_too_early": (
        lazy_gettext("Ce ne peut pas être le %(day)s."),
        lazy_gettext("Vérifiez l’année : choisissez un jour à partir du %(first_day)s."),
    ),
    **people.WORDS,
    **households.WORDS,
    **care_sheets.WORDS,
    **bookings.WORDS,
    **redemptions.WORDS,
    **releases.WORDS,
    **settlements.WORDS,
    **banking.WORDS,
    **accounting.WORDS,
    **cards.WORDS,
    **summaries.WORDS,
    **family_shares.WORDS,
    **figures.WORDS,
    **vouchers.WORDS,
    **providers.WORDS,
    **programmes.WORDS,
    **entitlements.WORDS,
    **workshops.WORDS,
    **attendance.WORDS,
    **care.WORDS,
    **referrals.WORDS,
    **costs.WORDS,
}


@dataclass(frozen=True)
class Answer:
    """A refusal in words; as text it is both sentences."""

    happened: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.happened} {self.next_step}"


def word(error: DomainError) -> Answer:
    """Return what happened and what to do next, in the reader's language."""
    return _filled(error, WORDING[error.code])


def word_at_the_door(error: DomainError) -> Answer:
    """Return the same for who takes somebody in, where a parent would be told something else."""
    return _filled(error, walk_ins.WORDS.get(error.code) or WORDING[error.code])


def _filled(error: DomainError, words: tuple[LazyString, LazyString]) -> Answer:
    happened, next_step = words
    facts = facts_shown(error)
    return Answer(str(happened) % facts, str(next_step) % facts)


def facts_shown(error: DomainError) -> dict[str, str]:
    """Return the error's facts as the reader writes them."""
    facts = {}
    for field in dataclasses.fields(error):
        value = getattr(error, field.name)
        facts[field.name] = _shown(field.name, field.type, value)
        if isinstance(value, datetime):
            facts[f"{field.name}_day"] = formats.weekday(value)
            facts[f"{field.name}_time"] = formats.time(value)
    if isinstance(error, IsolatedNotFavoured):
        facts |= entitlements.family_refused(error)
    return facts


def _shown(name: str, kind: object, value: object) -> str:
    if isinstance(value, Category):
        return categories.name(value)
    if isinstance(value, tuple):
        return ", ".join(_shown(name, kind, one) for one in value) or gettext("rien")
    if isinstance(value, date):
        return formats.moment(value) if isinstance(value, datetime) else formats.day(value)
    if isinstance(value, int) and (kind is Cents or name.endswith("_cents")):
        return formats.money(value)
    if isinstance(value, int) and (kind is Minutes or name.endswith("_minutes")):
        return formats.minutes(value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    return formats.number(value) if isinstance(value, int | float) else str(value)
