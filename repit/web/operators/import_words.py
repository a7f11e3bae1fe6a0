"""What the dry run of a file says, in words: at the cell, and for the whole row."""

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.households.rules import NewParent
from repit.domain.imports.checking import CheckedRow
from repit.domain.imports.columns import OFFICIAL, Columns
from repit.domain.imports.rows import Problem
from repit.web import formats
from repit.web.operators.parent_forms import KINDS

PROBLEMS: dict[str, LazyString] = {
    "missing": _("Remplissez cette cellule."),
    "too_long": _("C’est trop long : %(one)s caractères au plus."),
    "odd_letters": _("Il y a un caractère invisible : retapez la cellule."),
    "no_letter": _("Écrivez un nom avec des lettres."),
    "not_a_postcode": _("Écrivez un code postal de 4 ou 5 chiffres, par exemple 59000."),
    "not_an_email": _("Écrivez une adresse e-mail, par exemple nom@exemple.fr."),
    "not_a_phone": _("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78."),
    "not_a_language": _("Écrivez français, néerlandais, anglais ou arabe."),
    "not_an_area": _("Écrivez le code du quartier (QN05901M), oui ou non."),
    "not_a_situation": _(
        "Écrivez seul·e, garde alternée, conjoint absent, séparés sous le même toit ou couple."
    ),
    "not_a_day": _("Écrivez une date, par exemple 15/03/2026."),
    "in_the_future": _("Cette date est dans le futur."),
    "long_ago": _("Cette date est trop ancienne : vérifiez l’année."),
    "without_situation": _("Remplissez aussi la colonne « situation », ou videz cette cellule."),
    "not_children": _("Écrivez le prénom et la naissance : « Léa 02/04/2019; Tom 06/05/2021 »."),
    "child_half_told": _("Il faut le prénom et la date de naissance de cet enfant."),
    "born_later": _("%(one)s naîtrait dans le futur : vérifiez la date."),
    "grown_up": _("%(one)s aurait %(two)s ans ou plus : vérifiez la date."),
    "child_twice": _("Le même enfant est écrit deux fois."),
    "which_child": _("Écrivez le prénom de l’enfant : il y en a plusieurs."),
    "no_child": _("Aucun enfant n’est écrit sur cette ligne."),
    "unknown_child": _("Écrivez oui, ou le prénom d’un enfant de cette ligne."),
    "not_yes_or_no": _("Écrivez oui ou non."),
    "cell_too_many": _(
        "Une cellule dépasse de l’en-tête : « %(one)s ». Un séparateur est de trop."
    ),
    "repeated": _("Déjà dit à la ligne %(one)s."),
    "somebody_else": _("C’est la fiche %(one)s, qui porte un autre nom."),
    "differs": _("La fiche %(one)s dit « %(two)s ». Corrigez ici, ou modifiez la fiche."),
    "other_children": _("La fiche %(one)s n’a pas ces enfants : ajoutez-les sur la fiche."),
    "other_situation": _("La fiche %(one)s dit autre chose : notez-la sur la fiche."),
}
REASONS: dict[str, LazyString] = {
    "vouchers": _("des chèques lui ont été donnés"),
    "decided": _("un droit a été décidé"),
    "changed": _("la fiche a été modifiée"),
    "shares_home": _("quelqu’un d’autre vit dans ce foyer"),
    "account_used": _("son compte a servi"),
}
STATES: dict[str, tuple[LazyString, str]] = {
    "checked": (_("à confirmer"), "warn"),
    "running": (_("en cours"), "brand"),
    "done": (_("terminé"), "ok"),
    "undone": (_("annulé"), ""),
    "dropped": (_("abandonné"), ""),
}
VERDICTS: dict[str, tuple[LazyString, str]] = {
    "refused": (_("refusée"), "bad"),
    "new": (_("nouvelle"), "ok"),
    "same": (_("déjà là"), ""),
}


def sentence(problem: Problem) -> str:
    """Return what is wrong in a cell and what to write instead."""
    one, two, *_rest = (*problem.facts, "", "")
    return str(PROBLEMS[problem.code]) % {"one": one, "two": two}


def header(columns: Columns, key: str | None) -> str:
    """Return the file's own word for a column."""
    if key is None:
        return gettext("La ligne")
    place = columns.places.get(key)
    return columns.headers[place] if place is not None else official(key)


def official(key: str) -> str:
    """Return the template file's word for a column."""
    return OFFICIAL.get(key, OFFICIAL["children"])


def cell(columns: Columns, row: CheckedRow, key: str | None) -> str:
    """Return what is written in a cell."""
    place = columns.places.get(key) if key else None
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def name(columns: Columns, row: CheckedRow) -> str:
    """Return the name on a row, as it is written."""
    parts = (cell(columns, row, "first_name"), cell(columns, row, "last_name"))
    return " ".join(part for part in parts if part) or gettext("sans nom")


def to_correct(columns: Columns, row: CheckedRow) -> str:
    """Return everything that is wrong with a row, in one cell."""
    return " ".join(
        gettext("%(column)s : %(what)s", column=header(columns, one.column), what=sentence(one))
        for one in row.problems
    )


def summary(parent: NewParent) -> str:
    """Return « Lens 62300, 2 enfants, seul·e depuis le 01/09/2025 »."""
    parts = [f"{parent.details.town} {parent.details.postcode}"]
    if parent.children:
        parts.append(ngettext("%(num)d enfant", "%(num)d enfants", len(parent.children)))
    if parent.situation:
        day = formats.short_day(parent.situation.first_day)
        kind = str(KINDS[parent.situation.kind])
        parts.append(gettext("%(kind)s depuis le %(day)s", kind=kind, day=day))
    return ", ".join(parts)
