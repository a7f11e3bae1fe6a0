"""Scales to start from, after schemes that exist. Only a beginning: every line can change."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.entitlements.rules import Condition, Effect, Rule
from repit.domain.entitlements.scales import Draft
from repit.domain.periods import PeriodKind

BASE, ISOLATED = Condition.EVERY_PARENT, Condition.ISOLATED
ADD, SET = Effect.ADD, Effect.SET
BASE_WORDS, ISOLATED_WORDS = _("de base"), _("parent isolé")


@dataclass(frozen=True)
class Template:
    """`rules`: label, condition, effect, vouchers, threshold."""

    title: LazyString
    words: LazyString
    period: PeriodKind
    rules: tuple[tuple[LazyString, Condition, Effect, int, int | None], ...]

    def draft(self, day: date) -> Draft:
        """Return a draft in the operator's language for the period of a day."""
        rules = tuple(
            Rule(str(label), condition, effect, vouchers, threshold)
            for label, condition, effect, vouchers, threshold in self.rules
        )
        return Draft(str(self.title), self.period, None, day, rules)


TEMPLATES: dict[str, Template] = {
    "six-et-six": Template(
        _("6 de base + 6 parent isolé"),
        _("Le plus simple : 6 chèques par an pour chaque parent, 12 pour un parent isolé."),
        PeriodKind.YEAR,
        ((BASE_WORDS, BASE, ADD, 6, None), (ISOLATED_WORDS, ISOLATED, ADD, 6, None)),
    ),
    "paris": Template(
        _("Comme à Paris 9e"),
        _(
            "24 chèques de 20 € par an pour un parent isolé. Paris 9e ne sert que les parents"
            " isolés d’enfants de moins de 12 ans ; ici les autres en ont 6."
        ),
        PeriodKind.YEAR,
        ((BASE_WORDS, BASE, ADD, 6, None), (ISOLATED_WORDS, ISOLATED, SET, 24, None)),
    ),
    "bruxelles": Template(
        _("Comme à Bruxelles"),
        _("20 heures par an, un chèque par heure, et 10 de plus pour un parent isolé."),
        PeriodKind.YEAR,
        ((BASE_WORDS, BASE, ADD, 20, None), (ISOLATED_WORDS, ISOLATED, ADD, 10, None)),
    ),
    "wallonie": Template(
        _("Comme les titres-services wallons"),
        _("500 chèques par an, 2 000 pour un parent seul."),
        PeriodKind.YEAR,
        ((BASE_WORDS, BASE, ADD, 500, None), (ISOLATED_WORDS, ISOLATED, SET, 2_000, None)),
    ),
    "enfants": Template(
        _("Selon les enfants"),
        _(
            "Par trimestre : une base, plus pour chaque enfant de moins de 12 ans, pour un"
            " besoin de soutien, en quartier prioritaire et pour un parent isolé."
        ),
        PeriodKind.QUARTER,
        (
            (BASE_WORDS, BASE, ADD, 3, None),
            (_("par enfant de moins de 12 ans"), Condition.CHILD_UNDER, ADD, 1, 12),
            (_("besoin de soutien"), Condition.CHILD_MORE_SUPPORT, ADD, 2, None),
            (_("quartier prioritaire"), Condition.PRIORITY_AREA, ADD, 1, None),
            (ISOLATED_WORDS, ISOLATED, ADD, 4, None),
        ),
    ),
    "vide": Template(
        _("Barème vide"),
        _("Une seule règle, la base ; vous ajoutez les autres."),
        PeriodKind.YEAR,
        ((BASE_WORDS, BASE, ADD, 6, None),),
    ),
}
