"""What can be asked of the API, in the order a developer meets it."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from repit.domain.errors import DomainError, TryAgain
from repit.domain.redemptions import errors
from repit.web.api import troubles
from repit.web.api.troubles import Trouble

Refusals = tuple[type[DomainError | Trouble], ...]

ALWAYS: Refusals = (
    troubles.TokenNotValid,
    troubles.BadRequest,
    troubles.NoSuchAddress,
    troubles.Unavailable,
    troubles.Internal,
)
_DEVICE: Refusals = (errors.DeviceRevoked, errors.DeviceLocked, errors.ProviderSuspended)
_CONTENT: Refusals = (
    troubles.MalformedJson,
    troubles.NotUtf8,
    troubles.DuplicateMembers,
    troubles.TooLarge,
    troubles.NotJson,
    troubles.EncodedContent,
    troubles.ContentNotValid,
)
_LOOK: Refusals = (
    errors.UnknownCode,
    errors.MistypedCode,
    errors.NotACode,
    errors.PresentationExpired,
    errors.VoucherSpent,
    errors.VoucherSpentHere,
    errors.VoucherNotYetValid,
    errors.VoucherExpired,
    errors.VoucherBlocked,
    errors.HeldForAnother,
    errors.OwnHousehold,
    errors.NotAccredited,
    errors.CategoryNotCovered,
)
_TAKE: Refusals = (
    errors.NoCode,
    errors.TooManyCodes,
    errors.DifferentParents,
    errors.AccreditationNotValid,
    errors.NoTariff,
    errors.CountsHours,
    errors.CountsSessions,
    errors.ServiceInFuture,
    errors.ServiceAfterLastDay,
    errors.HeldForAppointment,
    errors.HeldWaits,
    errors.MoreThanItCosts,
    errors.FamilyShareTooHigh,
    errors.PairLimitReached,
    errors.ProviderLimitReached,
    errors.ReplayMismatch,
    TryAgain,
)


@dataclass(frozen=True)
class Operation:
    """`answer` and `body` name schemas. `creates`: 201 first, 200 with the same body after."""

    name: str
    method: str
    path: str
    summary: LazyString
    description: LazyString
    answer: str
    refusals: Refusals
    body: str | None = None
    creates: bool = False
    parameter: str | None = None
    query: str | None = None


OPERATIONS = (
    Operation(
        name="look",
        method="get",
        path="/api/v1/vouchers/{code}",
        summary=_("Regarder un code"),
        description=_(
            "Ce que vaut le code pour vous aujourd’hui. Rien n’est encaissé. « unit_cents » est"
            " le tarif convenu ; il est nul s’il n’y en a pas. Les codes inconnus sont comptés :"
            " 10 en une heure ou 50 en un jour verrouillent l’appareil. Un bon code n’est jamais"
            " compté."
        ),
        answer="Seen",
        refusals=(*_DEVICE, *_LOOK),
        parameter="code",
    ),
    Operation(
        name="redeem",
        method="post",
        path="/api/v1/redemptions",
        summary=_("Encaisser des chèques"),
        description=_(
            "Tous les codes sont pris, ou aucun. Faites « id » avant d’envoyer, et gardez-le"
            " pour renvoyer la même demande si la réponse se perd : elle ne compte qu’une fois,"
            " et la première réponse revient telle quelle, pour toujours, avec"
            " « Idempotent-Replayed: true ». Donnez « minutes » ou « sessions », selon le tarif"
            " convenu."
        ),
        answer="Receipt",
        refusals=(*_DEVICE, *_CONTENT, *_LOOK, *_TAKE),
        body="Redemption",
        creates=True,
    ),
    Operation(
        name="redemption",
        method="get",
        path="/api/v1/redemptions/{id}",
        summary=_("Relire un encaissement"),
        description=_(
            "Un de vos encaissements : « live » tant qu’il attend son paiement, « paid » quand il"
            " est payé, « reversed » s’il est annulé."
        ),
        answer="Taken",
        refusals=(errors.UnknownRedemption,),
        parameter="id",
    ),
    Operation(
        name="undo",
        method="post",
        path="/api/v1/redemptions/{id}/reversal",
        summary=_("Annuler un encaissement"),
        description=_(
            "Rend les chèques au parent, jusqu’à « undo_until ». Sans contenu. Renvoyer la"
            " demande redonne la même réponse."
        ),
        answer="Reversal",
        refusals=(
            *_DEVICE,
            *_CONTENT,
            errors.UnknownRedemption,
            errors.UndoWindowOver,
            errors.BeingPaid,
            TryAgain,
        ),
        creates=True,
        parameter="id",
    ),
    Operation(
        name="account",
        method="get",
        path="/api/v1/account",
        summary=_("Relire son compte"),
        description=_(
            "Ce qui vous est dû et pour quel jour, vos agréments, vos tarifs convenus, et vos"
            " derniers encaissements. « next » est l’adresse de la page suivante."
        ),
        answer="Account",
        refusals=(troubles.ContentNotValid,),
        query="before",
    ),
)
