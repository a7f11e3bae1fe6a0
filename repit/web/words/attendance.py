"""Refusals met when somebody notes who came and with whom a child left, in words."""

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

WORDS: dict[str, tuple[LazyString, LazyString]] = {
    "sheet_closed": (
        _("Cette feuille est refermée : la séance date de plus de %(days)s jours."),
        _("Appelez le porteur du dispositif : il garde les présences."),
    ),
    "too_many_names": (
        _("%(most)s recherches sans résultat en une heure : la recherche s’arrête."),
        _("Notez l’arrivée sans dossier, ou appelez le porteur du dispositif."),
    ),
    "not_expected": (
        _("Cette personne n’a pas de place à ce moment."),
        _("Rechargez la feuille : la réservation a peut-être été annulée."),
    ),
    "note_reused": (
        _("Ce geste a déjà été envoyé, avec autre chose dedans."),
        _("Rechargez la feuille, puis recommencez."),
    ),
    "noted_in_the_future": (
        _("L’heure de ce téléphone est en avance : %(at_day)s, %(at_time)s."),
        _("Réglez l’heure du téléphone, puis recommencez."),
    ),
    "noted_too_late": (
        _("Ce geste date du %(at_day)s : plus de %(days)s jours."),
        _("Appelez le porteur du dispositif."),
    ),
    "too_early_to_note": (
        _("C’est trop tôt."),
        _("On peut noter cela à partir de : %(since_day)s, %(since_time)s."),
    ),
    "already_noted": (
        _("Autre chose est déjà noté, à %(at_time)s."),
        _("Rechargez la feuille. Une erreur ? Annulez d’abord la dernière note."),
    ),
    "not_there": (
        _("L’arrivée n’est pas notée."),
        _("Notez d’abord l’arrivée, puis le départ."),
    ),
    "nothing_to_annul": (
        _("Rien n’est noté pour cette personne."),
        _("Rechargez la feuille pour voir où cela en est."),
    ),
    "only_by_a_person": (
        _("Seule une personne peut noter une absence."),
        _("Ouvrez la feuille de la séance."),
    ),
    "only_by_the_carers": (
        _("L’arrivée et le départ d’un enfant sont notés par la personne qui le garde."),
        _("Demandez-lui, ou appelez le porteur du dispositif."),
    ),
    "reason_missing": (
        _("Il manque la raison."),
        _("Choisissez une raison dans la liste."),
    ),
    "name_missing": (
        _("Il manque le nom de la personne."),
        _("Écrivez son prénom et son nom."),
    ),
    "not_on_the_list": (
        _("%(name)s n’est pas dans la liste pour %(first_name)s."),
        _("Appelez le parent. S’il est d’accord, cochez la case et écrivez un motif."),
    ),
    "motive_missing": (
        _("Il manque le motif."),
        _("Écrivez pourquoi l’enfant part avec une personne hors de la liste."),
    ),
    "looks_like_blocked": (
        _("%(name)s ressemble à un nom bloqué, pour %(first_name)s ou son frère ou sa sœur."),
        _("Gardez l’enfant avec vous et appelez-nous. Ce refus est noté."),
    ),
    "may_never_collect": (
        _("%(first_name)s ne peut pas partir avec %(name)s."),
        _("Gardez l’enfant avec vous. Appelez le parent, puis appelez-nous. Ce refus est noté."),
    ),
}
