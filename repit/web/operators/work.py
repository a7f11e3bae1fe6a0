"""Long work: how far it is, what came of it, and what failed and may be tried again."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.audit.service import record
from repit.domain.errors import NoSuchObject
from repit.domain.jobs import queries, service
from repit.domain.jobs.queries import JobView
from repit.domain.programmes.queries import programme_by_id
from repit.web import database
from repit.web.access import actor
from repit.web.forms import RepitForm
from repit.web.operators.acting import make
from repit.web.operators.navigation import room

blueprint = room("operators_work", __name__, "/porteur/travaux")

KINDS: dict[str, LazyString] = {
    "draft_release": lazy_gettext("Projet de publication"),
    "expire_offers": lazy_gettext("Places proposées sans réponse"),
    "expire_vouchers": lazy_gettext("Chèques échus rendus aux enveloppes"),
    "import_parents": lazy_gettext("Import de parents"),
    "issue_vouchers": lazy_gettext("Émission de chèques"),
    "keep_figures": lazy_gettext("Nombres des jours passés mis de côté"),
    "promote_waiting": lazy_gettext("Places libres proposées aux listes d’attente"),
    "redeem_held": lazy_gettext("Chèques réservés, encaissés ou rendus après la garde"),
    "send_notices": lazy_gettext("Envoi des messages"),
    "send_refunds": lazy_gettext("Remboursements des paiements en ligne"),
    "settle": lazy_gettext("Préparation d’un lot de virements"),
    "send_transfers": lazy_gettext("Virements aux prestataires par Stripe"),
    "send_share_refunds": lazy_gettext("Participations remboursées aux familles"),
    "square_shares": lazy_gettext("Participations reversées ou à rembourser"),
    "close_payment_page": lazy_gettext("Fermeture d’une page de paiement"),
    "take_waiting_events": lazy_gettext("Nouvelles de Stripe arrivées dans le désordre"),
    "tidy_jobs": lazy_gettext("Ménage des travaux finis"),
    "tidy_sign_ins": lazy_gettext("Ménage des liens de connexion"),
    "write_booking_reminders": lazy_gettext("Rédaction des rappels de rendez-vous"),
    "write_receipts": lazy_gettext("Rédaction des reçus"),
    "write_reminders": lazy_gettext("Rédaction des rappels"),
}
STATES: dict[str, tuple[LazyString, str, str]] = {
    "ready": (lazy_gettext("en attente"), "", "clock"),
    "running": (lazy_gettext("en cours"), "brand", "refresh"),
    "done": (lazy_gettext("terminé"), "ok", "check"),
    "failed": (lazy_gettext("échoué"), "bad", "alert-triangle"),
}
blueprint.add_app_template_filter(lambda kind: str(KINDS.get(kind, kind)), "job_kind")
blueprint.add_app_template_filter(STATES.__getitem__, "job_state")


@blueprint.get("/")
def list_troubles() -> ResponseReturnValue:
    db = database.session()
    return render_template(
        "operators/work/list.html",
        failed=queries.failed(db),
        latest=queries.latest(db, ["issue_vouchers", "import_parents", "settle", "draft_release"]),
    )


@blueprint.get("/<public_id>")
def show_job(public_id: str) -> ResponseReturnValue:
    job = _found(public_id)
    programme = None
    if "programme_id" in job.facts:
        programme = programme_by_id(database.session(), job.facts["programme_id"])
    return render_template("operators/work/job.html", job=job, programme=programme)


@blueprint.get("/<public_id>/avancement")
def show_progress(public_id: str) -> ResponseReturnValue:
    """Return the bar alone, for htmx; when the work is over, ask for the whole page."""
    job = _found(public_id)
    fragment = render_template("operators/work/_progress.html", job=job)
    return fragment, {"HX-Refresh": "true"} if job.over else {}


@blueprint.post("/<public_id>/relancer")
def retry(public_id: str) -> ResponseReturnValue:
    job = _found(public_id)
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    if make(lambda db: _retry(db, job)):
        flash(_("Le travail est relancé."), "done")
    else:
        flash(_("Ce travail n’a pas échoué : il n’y a rien à relancer."), "info")
    return redirect(url_for(".show_job", public_id=public_id), 303)


def _retry(db: Session, job: JobView) -> bool:
    now = clock.now()
    retried = service.retry(db, job.public_id, now=now)
    if retried:
        record(db, actor=actor(), kind="job_retried", of=("job", job.id), now=now)
    return retried


def _found(public_id: str) -> JobView:
    job = queries.job(database.session(), public_id)
    if job is None:
        raise NoSuchObject
    return job
