"""Every problem the API can answer: its status, its title, and an example of it.

422: what was sent can never be right, whatever changes here. 409: it could be, another day.
403: the provider or its device may not. One row per `code`; `problems` puts them into words.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.categories import Category
from repit.domain.errors import DomainError, NoSuchObject, TryAgain
from repit.domain.money import Cents
from repit.domain.redemptions import errors
from repit.web.api import troubles
from repit.web.api.checking import Flaw
from repit.web.api.troubles import Trouble

_DAY = date(2026, 3, 14)
_MOMENT = datetime(2026, 3, 14, 13, 5, tzinfo=UTC)
_SITTING = Category.BABYSITTING


@dataclass(frozen=True)
class Kind:
    """One sort of problem, at /api/v1/problems/<code>."""

    status: int
    title: LazyString
    example: DomainError | Trouble


def _of_the_request() -> list[Kind]:
    flaws = [
        Flaw("/minutes", "out_of_range", {"least": 1, "most": 1440}),
        Flaw("/colour", "unknown", {"names": "id, codes, …"}),
    ]
    return [
        Kind(401, _("Jeton d’accès non valable"), troubles.TokenNotValid()),
        Kind(400, _("Demande illisible"), troubles.BadRequest()),
        Kind(400, _("JSON illisible"), troubles.MalformedJson(line=3, column=17)),
        Kind(400, _("Contenu qui n’est pas en UTF-8"), troubles.NotUtf8(byte=42)),
        Kind(
            400,
            _("Membre donné deux fois"),
            troubles.DuplicateMembers([Flaw("/minutes", "twice")]),
        ),
        Kind(413, _("Contenu trop gros"), troubles.TooLarge(most_bytes=65_536)),
        Kind(415, _("Contenu qui n’est pas du JSON"), troubles.NotJson(given="text/plain")),
        Kind(415, _("Contenu compressé"), troubles.EncodedContent()),
        Kind(422, _("Demande mal formée"), troubles.ContentNotValid(flaws)),
        Kind(404, _("Adresse inconnue"), troubles.NoSuchAddress()),
        Kind(405, _("Méthode qui ne convient pas"), troubles.WrongMethod()),
        Kind(503, _("Service occupé"), troubles.Unavailable()),
        Kind(503, _("Changement simultané"), TryAgain()),
        Kind(500, _("Panne chez nous"), troubles.Internal(reference="7F3A90C1")),
    ]


def _of_the_codes() -> list[Kind]:
    return [
        Kind(404, _("Code inconnu"), errors.UnknownCode()),
        Kind(422, _("Faute de frappe dans un code"), errors.MistypedCode()),
        Kind(422, _("Pas un code"), errors.NotACode()),
        Kind(422, _("Code manquant"), errors.NoCode()),
        Kind(422, _("Trop de codes"), errors.TooManyCodes(most=50)),
        Kind(422, _("Codes de plusieurs personnes"), errors.DifferentParents()),
        Kind(409, _("Code à présenter périmé"), errors.PresentationExpired(at=_MOMENT)),
        Kind(409, _("Chèque déjà encaissé"), errors.VoucherSpent()),
        Kind(409, _("Chèque déjà encaissé"), errors.VoucherSpentHere(at=_MOMENT)),
        Kind(409, _("Chèque pas encore valable"), errors.VoucherNotYetValid(first_day=_DAY)),
        Kind(
            409,
            _("Chèque périmé"),
            errors.VoucherExpired(last_day=_DAY, grace_until=date(2026, 5, 13)),
        ),
        Kind(409, _("Chèque bloqué"), errors.VoucherBlocked()),
        Kind(409, _("Chèque réservé"), errors.HeldForAnother()),
        Kind(409, _("Chèque réservé pour une garde"), errors.HeldForAppointment(service_on=_DAY)),
        Kind(
            409,
            _("Des chèques réservés attendent"),
            errors.HeldWaits(vouchers=1, service_on=_DAY),
        ),
        Kind(409, _("Votre propre foyer"), errors.OwnHousehold()),
    ]


def _of_the_service() -> list[Kind]:
    return [
        Kind(
            409,
            _("Catégorie non couverte"),
            errors.CategoryNotCovered(category=_SITTING, covered=(Category.HOME_HELP,)),
        ),
        Kind(409, _("Pas d’agrément"), errors.NotAccredited(category=_SITTING)),
        Kind(
            409,
            _("Agrément non valable ce jour"),
            errors.AccreditationNotValid(category=_SITTING, service_on=_DAY),
        ),
        Kind(409, _("Pas de tarif convenu"), errors.NoTariff(category=_SITTING, service_on=_DAY)),
        Kind(422, _("Tarif à l’heure"), errors.CountsHours(category=_SITTING)),
        Kind(422, _("Tarif à la séance"), errors.CountsSessions(category=_SITTING)),
        Kind(422, _("Prestation dans l’avenir"), errors.ServiceInFuture(today=_DAY)),
        Kind(
            409,
            _("Prestation après la fin du chèque"),
            errors.ServiceAfterLastDay(last_day=_DAY, grace_until=date(2026, 5, 13)),
        ),
        Kind(
            422,
            _("Plus de chèques que le prix"),
            errors.MoreThanItCosts(cost=Cents(2_500), asked=Cents(3_000), most=2),
        ),
        Kind(
            422,
            _("Participation familiale trop haute"),
            errors.FamilyShareTooHigh(asked=Cents(500), most=Cents(100)),
        ),
        Kind(409, _("Limite du mois avec cette personne"), errors.PairLimitReached(limit=4)),
        Kind(409, _("Limite du mois"), errors.ProviderLimitReached(limit=100)),
    ]


def _of_the_rest() -> list[Kind]:
    return [
        Kind(401, _("Jeton d’accès non valable"), errors.DeviceRevoked()),
        Kind(403, _("Appareil verrouillé"), errors.DeviceLocked()),
        Kind(403, _("Prestataire suspendu"), errors.ProviderSuspended()),
        Kind(422, _("Même identifiant, autre contenu"), errors.ReplayMismatch()),
        Kind(404, _("Encaissement inconnu"), errors.UnknownRedemption()),
        Kind(404, _("Introuvable"), NoSuchObject()),
        Kind(409, _("Déjà annulé"), errors.AlreadyReversed(at=_MOMENT)),
        Kind(409, _("Délai d’annulation passé"), errors.UndoWindowOver(until=_MOMENT)),
        Kind(409, _("Paiement en préparation"), errors.BeingPaid()),
    ]


def _by_type() -> dict[type[DomainError | Trouble], Kind]:
    every = [*_of_the_request(), *_of_the_codes(), *_of_the_service(), *_of_the_rest()]
    return {type(kind.example): kind for kind in every}


KINDS = _by_type()
