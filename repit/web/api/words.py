"""The API's own words, for developers: what is wrong with a request, and what to do next."""

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from repit.web.api.checking import Flaw
from repit.web.api.troubles import Trouble
from repit.web.wording import Answer

TROUBLES: dict[str, tuple[LazyString, LazyString]] = {
    "token_not_valid": (
        lazy_gettext("Le jeton d’accès manque, n’existe pas ou a été révoqué."),
        lazy_gettext(
            "Envoyez l’en-tête « Authorization: Bearer … ». Le porteur du dispositif peut"
            " faire un nouveau jeton."
        ),
    ),
    "not_json": (
        lazy_gettext("Le contenu n’est pas annoncé comme du JSON en UTF-8 : « %(given)s »."),
        lazy_gettext("Envoyez l’en-tête « Content-Type: application/json »."),
    ),
    "encoded_content": (
        lazy_gettext("Le contenu est compressé, ce que cette adresse ne lit pas."),
        lazy_gettext("Envoyez-le tel quel, sans en-tête « Content-Encoding »."),
    ),
    "too_large": (
        lazy_gettext("Le contenu est trop gros : %(most_bytes)s octets au plus."),
        lazy_gettext("Envoyez moins de codes à la fois."),
    ),
    "not_utf8": (
        lazy_gettext("Le contenu n’est pas de l’UTF-8 : l’octet %(byte)s ne se lit pas."),
        lazy_gettext("Encodez le JSON en UTF-8, puis renvoyez-le."),
    ),
    "malformed_json": (
        lazy_gettext("Le JSON ne se lit pas : ligne %(line)s, colonne %(column)s."),
        lazy_gettext("Corrigez à cet endroit, puis renvoyez-le. Rien n’a été pris."),
    ),
    "duplicate_members": (
        lazy_gettext("Un membre du JSON est donné deux fois."),
        lazy_gettext("Gardez chaque membre une seule fois. Rien n’a été pris."),
    ),
    "content_not_valid": (
        lazy_gettext("La demande n’a pas la forme attendue."),
        lazy_gettext("Corrigez tout ce que liste « errors », puis renvoyez-la. Rien n’a été pris."),
    ),
    "not_found": (
        lazy_gettext("Il n’y a rien à cette adresse."),
        lazy_gettext("Les adresses sont dans /api/v1/openapi.json."),
    ),
    "wrong_method": (
        lazy_gettext("Cette adresse ne s’utilise pas avec cette méthode."),
        lazy_gettext("L’en-tête « Allow » dit lesquelles conviennent."),
    ),
    "bad_request": (
        lazy_gettext("Cette demande ne se lit pas."),
        lazy_gettext("Comparez-la aux exemples de /api/v1/."),
    ),
    "busy": (
        lazy_gettext("Nous ne pouvons pas répondre en ce moment."),
        lazy_gettext(
            "Attendez les secondes dites par « Retry-After », puis renvoyez la même demande avec"
            " le même « id » : elle ne comptera qu’une fois."
        ),
    ),
    "internal": (
        lazy_gettext("Quelque chose n’a pas marché chez nous. Référence : %(reference)s."),
        lazy_gettext(
            "Renvoyez la même demande avec le même « id » : elle ne comptera qu’une fois. Si cela"
            " continue, donnez-nous la référence."
        ),
    ),
}

FLAWS: dict[str, LazyString] = {
    "missing": lazy_gettext("« %(name)s » manque."),
    "unknown": lazy_gettext("Ce membre n’est pas connu ici. Membres connus : %(names)s."),
    "unexpected": lazy_gettext("Cette demande n’a pas de contenu."),
    "twice": lazy_gettext("Ce membre est donné deux fois."),
    "none_of": lazy_gettext("Il en manque un parmi : %(names)s."),
    "several_of": lazy_gettext("Un seul est possible parmi : %(names)s."),
    "not_object": lazy_gettext("Un objet est attendu ici, entre accolades."),
    "not_array": lazy_gettext("Une liste est attendue ici, entre crochets."),
    "not_string": lazy_gettext("Un texte est attendu ici, entre guillemets."),
    "not_integer": lazy_gettext("Un nombre entier est attendu ici, sans guillemets."),
    "not_one_of": lazy_gettext("La valeur doit être l’une de celles-ci : %(names)s."),
    "not_uuid": lazy_gettext(
        "Un UUID est attendu ici, par exemple 0190f3a2-7c1e-7b7e-9d55-3f2b8e6c4a10."
    ),
    "not_date": lazy_gettext("Un jour du calendrier est attendu ici, par exemple 2026-03-14."),
    "wrong_count": lazy_gettext("Il y en a %(count)s, et il en faut de %(least)s à %(most)s."),
    "wrong_length": lazy_gettext("Il faut de %(least)s à %(most)s caractères."),
    "out_of_range": lazy_gettext("Le nombre doit aller de %(least)s à %(most)s."),
}

# Facts that are themselves words: the sentences about pages speak of screens, not of software.
NEXT_STEPS: dict[str, LazyString] = {
    "replay_mismatch": lazy_gettext(
        "Rien n’a été pris en plus. Faites un nouvel « id » pour chaque prestation, et ne le"
        " gardez que pour renvoyer la même demande."
    ),
    "unknown_redemption": lazy_gettext(
        "Vérifiez l’identifiant. Vos derniers encaissements sont dans /api/v1/account."
    ),
    "try_again": lazy_gettext(
        "Attendez les secondes dites par « Retry-After », puis renvoyez la même demande avec le"
        " même « id » : elle ne comptera qu’une fois."
    ),
    "counts_hours": lazy_gettext("Envoyez « minutes » au lieu de « sessions »."),
    "counts_sessions": lazy_gettext("Envoyez « sessions » au lieu de « minutes »."),
    "not_accredited": lazy_gettext(
        "Vos agréments sont dans /api/v1/account. Pour en demander un, appelez le porteur du"
        " dispositif."
    ),
}


def word(trouble: Trouble) -> Answer:
    """Return what is wrong and what to do next, in the reader's language."""
    happened, next_step = TROUBLES[trouble.code]
    return Answer(str(happened) % vars(trouble), str(next_step))


def word_flaw(flaw: Flaw) -> str:
    """Return one thing wrong with a request's content."""
    return str(FLAWS[flaw.kind]) % flaw.facts
