"""What happened, in words: one line per event, for the history of an object and the journal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.audit.queries import Happened
from repit.web import categories, formats

KINDS: dict[str, tuple[LazyString, str, str]] = {
    # kind of event: words, icon, tone
    "accreditation_withdrawn": (_("Agrément retiré"), "ban", "bad"),
    "accredited": (_("Agrément enregistré"), "shield-check", "ok"),
    "added": (_("Ajouté"), "plus", ""),
    "blocked": (_("Chèque bloqué"), "lock", "warn"),
    "cancelled": (_("Annulé"), "x", "bad"),
    "changed": (_("Modifié"), "pencil", ""),
    "checked": (_("Fichier lu et contrôlé"), "clipboard-check", ""),
    "child_joined": (_("Enfant ajouté au foyer"), "plus", ""),
    "child_left": (_("Enfant retiré du foyer"), "minus", ""),
    "closed": (_("Clôturé"), "lock", ""),
    "confirmed": (_("Import confirmé"), "check", ""),
    "created": (_("Créé"), "plus", "ok"),
    "decision_lifted": (_("Décision de justice : ne compte plus"), "arrow-back-up", "warn"),
    "decision_seen": (_("Décision de justice vue"), "scale", "warn"),
    "device_added": (_("Appareil ajouté"), "device-mobile", ""),
    "device_revoked": (_("Appareil révoqué"), "ban", "bad"),
    "device_unlocked": (_("Appareil débloqué"), "key", "ok"),
    "disabled": (_("Compte fermé"), "ban", "bad"),
    "draft_dropped": (_("Brouillon de barème jeté"), "trash", ""),
    "dropped": (_("Import abandonné"), "x", ""),
    "email_changed": (_("Adresse e-mail changée"), "mail", ""),
    "enabled": (_("Compte rouvert"), "check", "ok"),
    "ended": (_("Droit terminé"), "x", ""),
    "expired": (_("Chèques arrivés à échéance"), "hourglass-empty", ""),
    "extended": (_("Chèque prolongé"), "calendar", "ok"),
    "finished": (_("Import terminé"), "check", "ok"),
    "granted": (_("Droit accordé"), "check", "ok"),
    "held": (_("Chèque réservé à un prestataire"), "lock", ""),
    "household_linked": (_("Foyer du prestataire indiqué"), "home", ""),
    "imported": (_("Créé par un import"), "file-import", ""),
    "job_retried": (_("Travail relancé"), "refresh", ""),
    "left_home": (_("Enfant retiré d’un foyer"), "minus", ""),
    "locked": (_("Appareil bloqué : trop de codes faux"), "lock", "bad"),
    "money_received": (_("Versement reçu"), "coins", "ok"),
    "money_returned": (_("Reste rendu au financeur"), "arrow-back-up", ""),
    "moved": (_("Changement de foyer"), "home", ""),
    "opened": (_("Fiche ouverte"), "plus", "ok"),
    "paid": (_("Virement enregistré"), "currency-euro", "ok"),
    "person_added": (_("Personne notée sur la fiche de l’enfant"), "user", ""),
    "person_removed": (_("Personne retirée de la fiche de l’enfant"), "minus", ""),
    "published": (_("Barème publié"), "scale", "ok"),
    "reactivated": (_("Suspension levée"), "check", "ok"),
    "refused": (_("Droit refusé"), "x", "bad"),
    "registered": (_("Compte créé"), "user", ""),
    "released": (_("Réservation levée"), "arrow-back-up", ""),
    "removed": (_("Retiré"), "trash", ""),
    "reopened": (_("Rouvert"), "refresh", ""),
    "requested": (_("Droit demandé"), "help-circle", ""),
    "reversed": (_("Encaissement annulé"), "arrow-back-up", "warn"),
    "role_ended": (_("Accès retiré"), "ban", ""),
    "role_given": (_("Accès donné"), "key", ""),
    "second_home": (_("Un second foyer pour l’enfant"), "home", ""),
    "sheet_confirmed": (_("Fiche de l’enfant relue"), "check", ""),
    "sheet_written": (_("Fiche de l’enfant remplie"), "pencil", ""),
    "situation_added": (_("Situation enregistrée"), "clipboard-check", ""),
    "situation_changed": (_("Situation modifiée"), "pencil", ""),
    "staff_added": (_("Personne ajoutée"), "user", "ok"),
    "staff_ended": (_("Personne retirée"), "ban", ""),
    "suspended": (_("Suspendu"), "ban", "bad"),
    "tariff_agreed": (_("Tarif convenu"), "currency-euro", "ok"),
    "unblocked": (_("Chèque débloqué"), "check", "ok"),
    "undone": (_("Import annulé"), "arrow-back-up", "warn"),
    "vouchers_blocked": (_("Chèques bloqués"), "lock", "warn"),
    "vouchers_issued": (_("Chèques émis"), "ticket", "ok"),
    "vouchers_unblocked": (_("Chèques débloqués"), "check", "ok"),
}

FACTS: dict[str, LazyString] = {
    "address": _("adresse"),
    "amount_cents": _("montant"),
    "authority": _("délivré par"),
    "born_on": _("naissance"),
    "categories": _("ce qui est payé"),
    "category": _("catégorie"),
    "children": _("enfants"),
    "contact_email": _("e-mail de contact"),
    "description": _("présentation"),
    "email": _("e-mail"),
    "evidence": _("preuve"),
    "evidence_seen_on": _("preuve vue le"),
    "face_cents": _("valeur d’un chèque"),
    "family_share_cents": _("participation au plus"),
    "file": _("fichier"),
    "first_day": _("à partir du"),
    "first_name": _("prénom"),
    "grace_days": _("délai du prestataire, en jours"),
    "identifier": _("numéro"),
    "isolated_kinds": _("comptent comme parent isolé"),
    "kept": _("gardés"),
    "kind": _("nature"),
    "last_day": _("jusqu’au"),
    "last_name": _("nom de famille"),
    "locale": _("langue"),
    "long_name": _("nom complet"),
    "more_support": _("plus de soutien"),
    "name": _("nom"),
    "new": _("nouveaux"),
    "number": _("numéro"),
    "only_isolated": _("parents isolés seulement"),
    "only_priority_area": _("quartiers prioritaires seulement"),
    "pair_month_vouchers": _("chèques par mois et par parent"),
    "parents": _("parents"),
    "pays_within_days": _("délai de paiement, en jours"),
    "period": _("période du"),
    "phone": _("téléphone"),
    "postcode": _("code postal"),
    "presentation_minutes": _("durée du code, en minutes"),
    "priority_area": _("quartier prioritaire"),
    "provider_month_vouchers": _("chèques par mois"),
    "redemptions": _("encaissements"),
    "reference": _("référence"),
    "refused": _("refusés"),
    "removed": _("retirés"),
    "requested_on": _("demande du"),
    "role": _("accès"),
    "same": _("inchangés"),
    "seen_on": _("vue le"),
    "situation": _("situation"),
    "standing": _("peut venir chercher l’enfant"),
    "title": _("titre"),
    "town": _("commune"),
    "undo_hours": _("délai d’annulation, en heures"),
    "unit": _("unité"),
    "unit_cents": _("prix"),
    "validity_months": _("durée d’un chèque, en mois"),
    "version": _("version"),
    "vouchers": _("chèques"),
    "waiting": _("en attente"),
    "withdrawn_on": _("ne compte plus dès le"),
    "zone": _("fuseau horaire"),
}

PLAIN: dict[str, LazyString] = {
    "alone": _("seul·e"),
    "stay": _("restent"),
    "follow": _("suivent"),
    "both": _("vivent dans les deux foyers"),
    "couple": _("en couple"),
    "funder": _("financeur"),
    "hour": _("par heure"),
    "may": _("oui"),
    "never": _("jamais"),
    "operator": _("porteur"),
    "partner_absent": _("conjoint absent"),
    "provider": _("prestataire"),
    "separated_same_roof": _("séparés sous le même toit"),
    "session": _("par séance"),
    "shared_custody": _("garde alternée"),
}

OBJECTS: dict[str, LazyString] = {
    "child": _("Enfant"),
    "device": _("Appareil"),
    "entitlement": _("Droit"),
    "fund": _("Enveloppe"),
    "funder": _("Financeur"),
    "job": _("Travail"),
    "parent": _("Parent"),
    "parent_import": _("Import"),
    "person": _("Compte"),
    "programme": _("Dispositif"),
    "provider": _("Prestataire"),
    "scale": _("Barème"),
    "voucher": _("Chèque"),
}


@dataclass(frozen=True)
class Entry:
    """One line for the `timeline` macro."""

    at: datetime
    what: str
    details: str
    who: str
    why: str | None
    tone: str
    icon: str


def entries(events: Iterable[Happened]) -> list[Entry]:
    """Return the events of a history in words."""
    return [_entry(event) for event in events]


def _entry(event: Happened) -> Entry:
    words, icon, tone = KINDS.get(event.kind, (event.kind, "info-circle", ""))
    return Entry(
        at=event.at,
        what=str(words),
        details=in_words(event.facts),
        who=who(event),
        why=event.motive,
        tone=tone,
        icon=icon,
    )


def who(event: Happened) -> str:
    """Return a name, or what acted when it was nobody."""
    if event.who:
        return event.who
    kind = event.actor.partition(":")[0]
    others = {"device": gettext("un appareil"), "job": gettext("travail automatique")}
    return others.get(kind, gettext("commande"))


def in_words(facts: dict[str, Any]) -> str:
    """Return « commune : Rivéry, devenu Amiens », leaving out what only the machine reads."""
    told = [
        gettext("%(fact)s : %(value)s", fact=FACTS[name], value=_change(name, value))
        for name, value in facts.items()
        if name in FACTS and value not in (None, "", [])
    ]
    return " · ".join(told)


def _change(name: str, value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004  (before and after)
        before, after = (_one(name, one) for one in value)
        return gettext("%(before)s, devenu %(after)s", before=before, after=after)
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    if value in (None, ""):
        return gettext("rien")
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, list):
        return ", ".join(_one(name, one) for one in value)
    return _number(name, value) if isinstance(value, int | float) else _text(name, value)


def _number(name: str, value: float) -> str:
    if name == "categories":
        return categories.names(int(value))
    return formats.money(int(value)) if name.endswith("_cents") else formats.number(value)


def _text(name: str, value: Any) -> str:
    if name == "category":
        return categories.name(str(value))
    if name.endswith(("_day", "_on")) or name == "period":
        return formats.short_day(date.fromisoformat(str(value)))
    return str(PLAIN.get(str(value), value))
