"""Releases: what may be drafted, a draft read as its funder will, approved, or thrown away."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.errors import Refused
from repit.domain.jobs import queries as jobs
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.queries import FundView
from repit.domain.releases import approve, asking, discard, publishing, queries
from repit.domain.releases.errors import DraftedAlready, DraftOutdated, ReleasedAlready
from repit.domain.releases.queries import Offered, ReleaseFilter, ReleaseView
from repit.domain.releases.truth import scope_of
from repit.web import database
from repit.web.access import actor
from repit.web.door import public_url_for
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received, refuse
from repit.web.operators import histories
from repit.web.operators.acting import make
from repit.web.operators.navigation import room
from repit.web.operators.paging import page_number
from repit.web.operators.release_forms import PeriodForm
from repit.web.operators.release_words import findings
from repit.web.release_files.files import kinds, release_file
from repit.web.release_pages import release_page
from repit.web.wording import word
from repit.web.words import indicator_parts
from repit.web.words.releases import STATES

blueprint = room("operators_releases", __name__, "/porteur/publications")

blueprint.add_app_template_filter(STATES.__getitem__, "release_state")


@blueprint.get("/")
def list_releases() -> ResponseReturnValue:
    db = database.session()
    page = queries.releases(db, ReleaseFilter(fund=request.args.get("fund")), page=page_number())
    return render_template(
        "operators/releases/list.html",
        page=page,
        count_words=ngettext("%(num)s publication", "%(num)s publications", page.total),
        public_pages=queries.public_pages(db),
        address_of=lambda public_id: public_url_for("public_figures.show", public_id=public_id),
    )


@blueprint.get("/nouvelle")
def choose() -> ResponseReturnValue:
    """Choose a fund, then one of the periods that are over."""
    db = database.session()
    asked = request.args.get("fund")
    if asked:
        return _period_page(programmes.fund(db, asked), PeriodForm())
    found = programmes.funds(db).items
    return render_template("operators/releases/choose.html", funds=found, fund=None)


@blueprint.post("/nouvelle/<public_id>")
def draft(public_id: str) -> ResponseReturnValue:
    """Draft the release of a fund; one that is there already is shown."""
    fund = programmes.fund(database.session(), public_id)
    form = PeriodForm(received())
    wanted = form.wanted() if form.validate() else None
    if wanted is None:
        if not form.errors:
            refuse(form, "period", _("Ce n’est pas une période. Choisissez-la dans la liste."))
        return _period_page(fund, form)
    try:
        drafted = make(
            lambda db: asking.ask_for_release(
                db, public_id, wanted[0], wanted[1], actor=actor(), now=clock.now()
            )
        )
    except (ReleasedAlready, DraftedAlready) as refusal:
        flash(str(word(refusal)), "info")
        return redirect(url_for(".show", public_id=refusal.public_id), 303)
    except Refused as refusal:
        refuse(form, "period", str(word(refusal)))
        return _period_page(fund, form)
    flash(_("Le projet se prépare : il est compté, puis rendu sûr."), "done")
    return redirect(url_for(".show", public_id=drafted), 303)


def _period_page(fund: FundView, form: PeriodForm) -> ResponseReturnValue:
    offered = queries.offered(database.session(), fund.public_id, now=clock.now())
    form.period.choices = listed(
        (_value(one), indicator_parts.period(one.period.kind, one.period.first_day))
        for one in offered
        if one.release is None
    )
    page = render_template(
        "operators/releases/choose.html",
        fund=fund,
        form=form,
        there=[one.release for one in offered if one.release],
    )
    return page, 422 if form.errors else 200


def _value(one: Offered) -> str:
    return f"{one.period.kind}:{one.period.first_day.isoformat()}"


@blueprint.get("/<public_id>")
def show(public_id: str) -> ResponseReturnValue:
    db = database.session()
    release = queries.release(db, public_id)
    read = queries.draft(db, release.id)
    job_id = queries.job_of(db, release) if release.state == "drafting" else None
    shown = {}
    if read.content is not None:
        shown = release_page(
            read.content,
            number=release.number,
            sha256=release.sha256 if release.number else None,
            approved_at=release.approved_at,
        )
    return render_template(
        f"operators/releases/{'release' if shown else 'waiting'}.html",
        release=release,
        found=findings(read.audit, _funds(release), read.content) if read.audit else None,
        since=read.since,
        on_page=queries.on_the_page(db, release) if release.state == "drafted" else None,
        job=jobs.job(db, job_id) if job_id else None,
        files=_files(release) if shown else [],
        entries=histories.entries(history(db, [("release", release.id)])),
        **shown,
    )


def _funds(release: ReleaseView) -> dict[str, str]:
    """Return the titles of the programme's funds by the scope of their tables."""
    wanted = programmes.FundFilter(programme=release.programme_public_id)
    found = programmes.funds(database.session(), wanted).items
    return {scope_of(one.id): one.title for one in found}


def _files(release: ReleaseView) -> list[tuple[str, str, str]]:
    return [
        (url_for(".download", public_id=release.public_id, kind=kind), name, use)
        for kind, name, use in kinds()
    ]


@blueprint.get("/<public_id>/fichier/<kind>")
def download(public_id: str, kind: str) -> ResponseReturnValue:
    db = database.session()
    release = queries.release(db, public_id)
    content = given(queries.draft(db, release.id).content)
    return release_file(
        content,
        kind=kind,
        number=release.number,
        sha256=release.sha256 if release.number else None,
        approved_at=release.approved_at,
    )


@blueprint.post("/<public_id>/approuver")
def approve_draft(public_id: str) -> ResponseReturnValue:
    release = _checked(public_id)
    seen = request.form.get("seen", "")
    try:
        number = make(
            lambda db: approve.approve(db, release.id, seen=seen, actor=actor(), now=clock.now())
        )
    except Refused as refusal:
        flash(str(word(refusal)), "warning" if isinstance(refusal, DraftOutdated) else "refused")
    else:
        flash(_("La publication n° %(number)s est approuvée. Son financeur est prévenu.",
                number=number), "done")  # fmt: skip
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/<public_id>/refaire")
def draft_again(public_id: str) -> ResponseReturnValue:
    release = _checked(public_id)
    make(lambda db: asking.draft_again(db, release.id, actor=actor(), now=clock.now()))
    flash(_("Le projet se prépare de nouveau."), "done")
    return redirect(url_for(".show", public_id=public_id), 303)


@blueprint.post("/<public_id>/jeter")
def drop(public_id: str) -> ResponseReturnValue:
    release = _checked(public_id)
    make(lambda db: discard.discard(db, release.id, actor=actor(), now=clock.now()))
    flash(_("Le projet est jeté. Vous pouvez en préparer un autre pour cette période."), "done")
    return redirect(url_for(".list_releases"), 303)


@blueprint.post("/page-publique/<public_id>")
def turn_page(public_id: str) -> ResponseReturnValue:
    """Show the latest release of a programme to anybody, or to nobody any more."""
    programme = programmes.programme(database.session(), public_id)
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    shown = request.form.get("shown") == "1"
    make(
        lambda db: publishing.show_to_anybody(
            db, programme.id, shown=shown, actor=actor(), now=clock.now()
        )
    )
    words = _("La page publique est ouverte.") if shown else _("La page publique est fermée.")
    flash(words, "done")
    return redirect(url_for(".list_releases"), 303)


def _checked(public_id: str) -> ReleaseView:
    release = queries.release(database.session(), public_id)
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    return release
