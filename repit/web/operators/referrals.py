"""Referrals as the operator sees them: all of them, with filters and as a file."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from repit.domain.attendance import agenda
from repit.domain.audit.queries import history
from repit.domain.programmes import queries as programmes
from repit.domain.referrals import queries
from repit.domain.referrals.queries import ReferralView
from repit.web import database, referrals
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.filters import unread
from repit.web.forms import received
from repit.web.operators import histories
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page
from repit.web.operators.referral_forms import ReferralSearch
from repit.web.referral_form import AnnulForm
from repit.web.referrals import INVALID, Source
from repit.web.words.referrals import KINDS, OUTCOMES

blueprint = room("operators_referrals", __name__, "/porteur/orientations")


@blueprint.get("/")
def list_referrals() -> ResponseReturnValue:
    db = database.session()
    form = ReferralSearch(request.args)
    names = programmes.programme_names(db)
    form.programme.choices = listed([("", _("Tous")), *names])
    said = unread(form)
    wanted = form.wanted()
    found = queries.referrals(db, wanted, number=wanted_page())
    if exporting() and not said:
        return _csv(found.items)
    return render_template(
        "operators/referrals/list.html",
        form=form,
        said=said,
        found=found,
        counts=queries.counts(db, wanted),
        count_words=ngettext("%(num)s orientation", "%(num)s orientations", found.total),
    )


def _csv(rows: list[ReferralView]) -> ResponseReturnValue:
    columns = [
        _("Jour"), _("Vers quoi"), _("Vers qui"), _("Dispositif"), _("Séance"), _("Séance du"),
        _("Pour une famille"), _("Suite"), _("Notée par"), _("Notée le"), _("Suite notée par"),
        _("Suite notée le"),
    ]  # fmt: skip
    lines = [
        (
            row.on_day,
            str(KINDS[row.kind]),
            row.organisation,
            row.programme_name,
            row.workshop_title,
            row.session_starts_at,
            row.for_household,
            _("Annulée") if row.annulled else str(OUTCOMES[row.outcome][0]),
            row.noted_by,
            row.noted_at,
            row.followed_by,
            row.followed_at,
        )
        for row in rows
    ]
    return csv_file("orientations", columns, lines)


@blueprint.route("/noter", methods=["GET", "POST"])
def note() -> ResponseReturnValue:
    db = database.session()
    open_ones = programmes.programmes(db, closed=False).items
    source = Source([(one.id, one.public_id, one.name) for one in open_ones])
    return referrals.note("operators/referrals/new.html", source, url_for(".list_referrals"))


@blueprint.route("/seance/<public_id>/noter", methods=["GET", "POST"])
def note_of_session(public_id: str) -> ResponseReturnValue:
    db = database.session()
    meeting = agenda.session(db, public_id)
    programme = queries.programme_of(db, meeting.scope.session_id)
    source = Source([programme], meeting.scope.session_id, meeting.title)
    return referrals.note("operators/referrals/new.html", source, url_for(".list_referrals"))


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    return _page(queries.referral(database.session(), public_id), AnnulForm())


@blueprint.post("/<public_id>/suite")
def follow(public_id: str) -> ResponseReturnValue:
    one = queries.referral(database.session(), public_id)
    return referrals.follow(one, url_for(".show", public_id=public_id))


@blueprint.post("/<public_id>/annuler")
def annul(public_id: str) -> ResponseReturnValue:
    one, form = queries.referral(database.session(), public_id), AnnulForm(received())
    if not referrals.annul(form, one):
        return _page(one, form)
    flash(_("L’orientation est annulée : elle n’est plus comptée."), "done")
    return redirect(url_for(".show", public_id=public_id), 303)


def _page(one: ReferralView, form: AnnulForm) -> ResponseReturnValue:
    happened = history(database.session(), [("referral", one.id)], limit=40)
    page = render_template(
        "operators/referrals/show.html", one=one, form=form, entries=histories.entries(happened)
    )
    return page, INVALID if form.errors else 200
