"""A facilitator's referrals: those of the sessions they lead, and those they noted."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain.attendance import agenda
from repit.domain.referrals import queries
from repit.domain.referrals.queries import ReferralFilter, ReferralView
from repit.web import database, referrals
from repit.web.access import visitor
from repit.web.facilitators.frame import room
from repit.web.forms import received
from repit.web.paging import page_number
from repit.web.referral_form import AnnulForm
from repit.web.referrals import INVALID, Source

blueprint = room("facilitator_referrals", "/animateur/orientations")


@blueprint.get("")
def list_referrals() -> str:
    own = ReferralFilter(person_id=visitor().person_id)
    found = queries.referrals(database.session(), own, number=page_number())
    return render_template("facilitators/referrals.html", found=found)


@blueprint.route("/noter", methods=["GET", "POST"])
def note() -> ResponseReturnValue:
    led = queries.programmes_led(database.session(), visitor().person_id)
    return referrals.note("facilitators/referral_new.html", Source(led), url_for(".list_referrals"))


@blueprint.route("/seance/<public_id>/noter", methods=["GET", "POST"])
def note_of_session(public_id: str) -> ResponseReturnValue:
    db = database.session()
    meeting = agenda.session_led(db, visitor().person_id, public_id)
    programme = queries.programme_of(db, meeting.scope.session_id)
    source = Source([programme], meeting.scope.session_id, meeting.title)
    return referrals.note("facilitators/referral_new.html", source, url_for(".list_referrals"))


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    return _page(_mine(public_id), AnnulForm())


@blueprint.post("/<public_id>/suite")
def follow(public_id: str) -> ResponseReturnValue:
    return referrals.follow(_mine(public_id), url_for(".list_referrals"))


@blueprint.post("/<public_id>/annuler")
def annul(public_id: str) -> ResponseReturnValue:
    one, form = _mine(public_id), AnnulForm(received())
    if not referrals.annul(form, one):
        return _page(one, form)
    flash(_("L’orientation est annulée : elle n’est plus comptée."), "done")
    return redirect(url_for(".list_referrals"), 303)


def _page(one: ReferralView, form: AnnulForm) -> ResponseReturnValue:
    page = render_template("facilitators/referral.html", one=one, form=form)
    return page, INVALID if form.errors else 200


def _mine(public_id: str) -> ReferralView:
    own = visitor().person_id
    return queries.referral(database.session(), public_id, person_id=own)
