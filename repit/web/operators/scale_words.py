"""The words of a scale: its periods, its conditions, why somebody waits, and its sums."""

from collections.abc import Sequence

from flask import Blueprint
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.entitlements.planning import MONEY_SHORT, NO_FUND_FOR_THEM
from repit.domain.entitlements.queries import ScaleView
from repit.domain.entitlements.rules import (
    Condition,
    Effect,
    FamilyFacts,
    Line,
    Rule,
    check_favours_isolated,
)
from repit.domain.errors import Refused
from repit.domain.periods import PeriodKind
from repit.web.wording import Answer, word

PERIODS: dict[PeriodKind, LazyString] = {
    PeriodKind.MONTH: _("Chaque mois"),
    PeriodKind.QUARTER: _("Chaque trimestre"),
    PeriodKind.SEMESTER: _("Chaque semestre"),
    PeriodKind.SCHOOL_YEAR: _("Chaque année scolaire"),
    PeriodKind.YEAR: _("Chaque année"),
}
CONDITIONS: dict[Condition, LazyString] = {
    Condition.EVERY_PARENT: _("Tous les parents"),
    Condition.ISOLATED: _("Parent isolé"),
    Condition.CHILD_UNDER: _("Par enfant de moins de … ans"),
    Condition.CHILD_MORE_SUPPORT: _("Par enfant à soutenir davantage"),
    Condition.PRIORITY_AREA: _("Quartier prioritaire"),
    Condition.CHILDREN_AT_LEAST: _("À partir de … enfants"),
}
EFFECTS: dict[Effect, LazyString] = {
    Effect.ADD: _("ajoute"),
    Effect.SET: _("porte le total à"),
}
REASONS: dict[str, LazyString] = {
    MONEY_SHORT: _("l’argent manque"),
    NO_FUND_FOR_THEM: _("aucune enveloppe n’est ouverte à ce parent"),
}


def register(blueprint: Blueprint) -> None:
    """Give templates the words of scales as filters."""
    blueprint.add_app_template_filter(lambda kind: str(PERIODS[PeriodKind(kind)]), "period_kind")
    blueprint.add_app_template_filter(lambda reason: str(REASONS[reason]), "wait_reason")
    blueprint.add_app_template_filter(condition_words, "condition_words")
    blueprint.add_app_template_filter(effect_words, "effect_words")
    blueprint.add_app_template_filter(sum_words, "sum_words")
    blueprint.add_app_template_filter(family_words, "family_words")


def unpublishable(scale: ScaleView) -> Answer | None:
    """Return why a draft could not be published, to be said before anybody tries."""
    if scale.published_at:
        return None
    try:
        check_favours_isolated(scale.rules, scale.cap)
    except Refused as refusal:
        return word(refusal)
    return None


def condition_words(rule: Rule) -> str:
    """Return « Par enfant de moins de 12 ans »."""
    match rule.condition:
        case Condition.CHILD_UNDER:
            age = rule.threshold or 0
            return ngettext(
                "Par enfant de moins de %(num)s an", "Par enfant de moins de %(num)s ans", age
            )
        case Condition.CHILDREN_AT_LEAST:
            return ngettext(
                "À partir de %(num)s enfant", "À partir de %(num)s enfants", rule.threshold or 0
            )
        case other:
            return str(CONDITIONS[other])


def effect_words(rule: Rule) -> str:
    """Return « ajoute 6 chèques » or « porte le total à 24 chèques »."""
    if rule.effect is Effect.ADD:
        return ngettext("ajoute %(num)s chèque", "ajoute %(num)s chèques", rule.vouchers)
    return ngettext(
        "porte le total à %(num)s chèque", "porte le total à %(num)s chèques", rule.vouchers
    )


def sum_words(lines: Sequence[Line]) -> str:
    """Return « 6 de base + 6 parent isolé = 12 chèques »."""
    total = sum(line.vouchers for line in lines)
    words = ngettext("%(num)s chèque", "%(num)s chèques", total)
    if not lines:
        return words
    terms = " ".join(_term(line, first=place == 0) for place, line in enumerate(lines))
    return gettext("%(terms)s = %(total)s", terms=terms, total=words)


def _term(line: Line, *, first: bool) -> str:
    label = gettext("plafond du barème") if line.condition == "cap" else line.label
    sign = "\u2212" if line.vouchers < 0 else "+"
    amount = f"{abs(line.vouchers)} {label}"
    return amount if first and line.vouchers > 0 else f"{sign} {amount}"


def family_words(facts: FamilyFacts) -> str:
    """Return « parent isolé, 2 enfants (3 et 7 ans), quartier prioritaire »."""
    words = [gettext("parent isolé")] if facts.isolated else []
    if facts.child_ages:
        count = ngettext("%(num)s enfant", "%(num)s enfants", len(facts.child_ages))
        ages = ", ".join(str(age) for age in facts.child_ages)
        words.append(gettext("%(children)s (âge : %(ages)s)", children=count, ages=ages))
    if facts.children_more_support:
        words.append(
            ngettext(
                "%(num)s à soutenir davantage",
                "%(num)s à soutenir davantage",
                facts.children_more_support,
            )
        )
    if facts.priority_area:
        words.append(gettext("quartier prioritaire"))
    return ", ".join(words) or gettext("aucune condition particulière")
