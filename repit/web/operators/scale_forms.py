"""The scale editor: a list of rules that grows, shrinks and changes order without scripts."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FieldList, Form, FormField, IntegerField, SelectField

from repit.domain.entitlements.queries import ScaleView
from repit.domain.entitlements.rules import WITH_THRESHOLD, Condition, Effect, Rule
from repit.domain.entitlements.scales import Draft
from repit.domain.periods import PeriodKind
from repit.web.fields import DayField, LineField, listed
from repit.web.forms import RepitForm, SearchForm, given, refuse
from repit.web.operators import form_lines
from repit.web.operators.form_lines import Typed
from repit.web.operators.programme_forms import whole
from repit.web.operators.scale_words import CONDITIONS, EFFECTS, PERIODS

MOST_RULES = 20


class RuleForm(SearchForm):
    """One line; the editor around it carries the token."""

    label = LineField(_("Mots de l’explication"), max_length=80)
    condition = SelectField(_("Pour qui"), choices=listed(CONDITIONS.items()))
    threshold = whole(_("Seuil : ans, ou enfants"), 0, 99, required=False)
    effect = SelectField(_("Effet"), choices=listed(EFFECTS.items()))
    vouchers = whole(_("Chèques"), 0, 10_000)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for a threshold where the condition needs one."""
        valid = super().validate(extra_validators)
        needs_one = self.condition.data in WITH_THRESHOLD
        if needs_one and self.threshold.data is None and not self.threshold.errors:
            refuse(self, "threshold", gettext("Écrivez un âge en ans, ou un nombre d’enfants."))
            return False
        return valid

    def rule(self) -> Rule:
        """Return what was typed; only after validate()."""
        condition = Condition(self.condition.data)
        return Rule(
            label=given(self.label.data),
            condition=condition,
            effect=Effect(self.effect.data),
            vouchers=given(self.vouchers.data),
            threshold=self.threshold.data if condition in WITH_THRESHOLD else None,
        )


class ScaleForm(RepitForm):
    title = LineField(_("Titre"), max_length=120)
    period = SelectField(_("Les chèques sont donnés"), choices=listed(PERIODS.items()))
    first_day = DayField(_("À partir du"))
    cap: IntegerField = whole(_("Plafond par parent et par période"), 1, 100_000, required=False)
    rules = FieldList(FormField(RuleForm), _("Règle"), min_entries=1, max_entries=MOST_RULES)

    def draft(self) -> Draft:
        """Return what was typed; only after validate()."""
        return Draft(
            title=given(self.title.data),
            period=PeriodKind(self.period.data),
            cap=self.cap.data,
            first_day=given(self.first_day.data),
            rules=tuple(entry.form.rule() for entry in self.rules.entries),
        )


def shown_in_form(scale: ScaleView) -> dict[str, Any]:
    """Return the values the editor of a scale starts with."""
    return {**vars(scale), "rules": [vars(rule) for rule in scale.rules]}


def rearranged(typed: Typed, act: str) -> Typed | None:
    """Return what was typed with its rules in another order, or None when `act` is no such act."""
    fresh = {"effect": Effect.ADD.value}
    return form_lines.rearranged(typed, act, name="rules", most=MOST_RULES, fresh=fresh)


class PreviewSearch(SearchForm):
    q = LineField(_("Nom, numéro, commune"), max_length=120, required=False)
    show = SelectField(
        _("Montrer"),
        choices=listed(
            [
                ("", _("Tout le monde")),
                ("now", _("Ceux qui reçoivent")),
                ("wait", _("Ceux qui attendent")),
            ]
        ),
    )


def rule_forms(form: ScaleForm) -> list[Form]:
    """Return the forms of the lines, in their order."""
    return [entry.form for entry in form.rules.entries]
