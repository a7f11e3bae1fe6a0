"""Messages to parents and providers: whether they leave, and the ones that did not."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.notices import outbox, queries
from repit.domain.notices.rules import Kind
from repit.domain.reminders.queries import parents_without_address
from repit.web import database
from repit.web.forms import RepitForm
from repit.web.operators.acting import make
from repit.web.operators.navigation import room
from repit.web.outbox.delivery import can_send

blueprint = room("operators_messages", __name__, "/porteur/messages")

KINDS: dict[str, LazyString] = {
    Kind.SIGN_IN: lazy_gettext("Lien pour entrer"),
    Kind.VOUCHERS_ISSUED: lazy_gettext("Nouveaux chèques"),
    Kind.REDEEMED_PARENT: lazy_gettext("Reçu du parent"),
    Kind.REDEEMED_PROVIDER: lazy_gettext("Reçu du prestataire"),
    Kind.REVERSED_PARENT: lazy_gettext("Annulation, au parent"),
    Kind.REVERSED_PROVIDER: lazy_gettext("Annulation, au prestataire"),
    Kind.EXPIRING_SIX_WEEKS: lazy_gettext("Fin dans six semaines"),
    Kind.EXPIRING_THREE_WEEKS: lazy_gettext("Fin dans trois semaines"),
    Kind.DEVICE_LOCKED: lazy_gettext("Appareil bloqué"),
    Kind.BOOKED: lazy_gettext("Réservation notée"),
    Kind.WAITING: lazy_gettext("Liste d’attente"),
    Kind.PLACE_OFFERED: lazy_gettext("Place proposée"),
    Kind.PLACE_FREE_NOW: lazy_gettext("Place libre, à qui attend"),
    Kind.WAITED_IN_VAIN: lazy_gettext("Attente finie sans place"),
    Kind.SHARE_BACK: lazy_gettext("Participation rendue"),
    Kind.OFFER_OVER: lazy_gettext("Place proposée, trop tard"),
    Kind.BOOKING_CANCELLED: lazy_gettext("Réservation annulée"),
    Kind.CALLED_OFF: lazy_gettext("Séance annulée"),
    Kind.CARE_CALLED_OFF: lazy_gettext("Garde annulée"),
    Kind.POSTPONED: lazy_gettext("Séance reportée"),
    Kind.BOOKING_MOVED: lazy_gettext("Séance déplacée"),
    Kind.WAITING_MOVED: lazy_gettext("Séance attendue déplacée"),
    Kind.TEAM_MOVED: lazy_gettext("Séance déplacée, à qui l’anime"),
    Kind.CARE_MOVED: lazy_gettext("Garde déplacée, au prestataire"),
    Kind.CARE_ASKED: lazy_gettext("Intervenants demandés, au prestataire"),
    Kind.TEAM_POSTPONED: lazy_gettext("Séance reportée, à l’équipe"),
    Kind.TEAM_CALLED_OFF: lazy_gettext("Rendez-vous annulé, à l’équipe"),
    Kind.BOOKING_WEEK: lazy_gettext("Rappel, sept jours avant"),
    Kind.BOOKING_TWO_DAYS: lazy_gettext("Rappel, deux jours avant"),
    Kind.BOOKING_MORNING: lazy_gettext("Rappel du matin"),
    Kind.HOW_WAS_IT: lazy_gettext("Questionnaire"),
    Kind.ACCOUNT_PROPOSED: lazy_gettext("Nouveau compte bancaire"),
    Kind.ACCOUNT_CONFIRMED: lazy_gettext("Compte bancaire confirmé"),
    Kind.ACCOUNT_ENDED: lazy_gettext("Compte bancaire retiré"),
    Kind.PAYOUT_PAID: lazy_gettext("Virement payé"),
    Kind.PAYOUT_REJECTED: lazy_gettext("Virement refusé, au prestataire"),
    Kind.PAYOUT_CAME_BACK: lazy_gettext("Virement refusé, au porteur"),
    Kind.RELEASE_APPROVED: lazy_gettext("Publication prête, au financeur"),
    Kind.DECIDE: lazy_gettext("Séance à décider"),
}
blueprint.add_app_template_filter(lambda kind: str(KINDS.get(kind, kind)), "notice_kind")


@blueprint.get("/")
def list_failed() -> ResponseReturnValue:
    db = database.session()
    return render_template(
        "operators/messages.html",
        counts=queries.counts(db, clock.now()),
        failed=queries.failed(db),
        without_address=parents_without_address(db),
        can_send=can_send(),
    )


@blueprint.post("/<int:notice_id>/renvoyer")
def try_again(notice_id: int) -> ResponseReturnValue:
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    make(lambda db: outbox.try_again(db, notice_id, now=clock.now()))
    flash(_("Le message repart, à l’adresse d’aujourd’hui."), "done")
    return redirect(url_for(".list_failed"), 303)
