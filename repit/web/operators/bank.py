"""The bank: files taken in, what each line is and why, and what a person decides of it."""

import hashlib
from typing import cast

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnprocessableEntity

from repit.domain import clock
from repit.domain.audit.queries import history
from repit.domain.banking import accounts, deciding, payments, queries, repayments, service
from repit.domain.banking.queries import LineFilter, LineView
from repit.domain.banking.rules import OF_A_PAYMENT, How, LineState
from repit.domain.banking.service import SentFile, TakenIn
from repit.domain.errors import Refused
from repit.domain.jobs import queries as jobs
from repit.domain.programmes import contribution_queries
from repit.domain.programmes.contribution_queries import ContributionView
from repit.domain.programmes.references import spaced
from repit.integrations import bank_files
from repit.web import database
from repit.web.access import actor
from repit.web.fields import listed
from repit.web.forms import RepitForm, given, received, refuse
from repit.web.operators import histories
from repit.web.operators.acting import complaint, made, make
from repit.web.operators.bank_forms import (
    PART,
    AsideForm,
    BackForm,
    FileForm,
    LineSearch,
    SharesForm,
    shares_form,
)
from repit.web.operators.bank_reports import line_why, lines_csv, unrecognised
from repit.web.operators.bank_words import AUTOMATIC, HOWS, KINDS, STATES
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, page_number, wanted_page
from repit.web.wording import word

blueprint = room("operators_bank", __name__, "/porteur/banque")
blueprint.add_app_template_filter(STATES.__getitem__, "line_state")
blueprint.add_app_template_filter(KINDS.__getitem__, "bank_file_kind")
blueprint.add_app_template_filter(line_why, "line_why")

ROOM_FOR_THE_FORM = 1


@blueprint.app_template_filter("match_how")
def match_how(how: How) -> str:
    """Return « à la main »."""
    return str(HOWS[how])


@blueprint.get("/")
def list_lines() -> ResponseReturnValue:
    return _list(AsideForm())


def _list(aside: AsideForm) -> ResponseReturnValue:
    db = database.session()
    form = LineSearch(request.args)
    wanted = form.wanted()
    found = queries.lines(db, wanted, number=wanted_page())
    if exporting():
        return lines_csv(found.items)
    page = render_template(
        "operators/bank/list.html",
        search=form,
        form=aside if aside.errors else None,
        aside=aside,
        state=wanted.state,
        found=found,
        matches=queries.matches(db, [one.id for one in found.items]),
        waiting=queries.waiting(db),
        latest=queries.statements(db, number=1).items[:5],
        count_words=ngettext("%(num)s ligne", "%(num)s lignes", found.total),
    )
    return page, 422 if aside.errors else 200


@blueprint.route("/releves/nouveau", methods=["GET", "POST"])
def receive() -> ResponseReturnValue:
    # A file a little too large is answered by us, with words; beyond, by the server.
    request.max_content_length = (
        bank_files.MOST_MEGABYTES + ROOM_FOR_THE_FORM
    ) * bank_files.MEGABYTE
    form = FileForm(received())
    known = accounts.known_accounts(database.session())
    form.account.choices = listed(
        [("", _("Celui que dit le fichier")), *((one, spaced(one)) for one in known)]
    )
    if request.method == "POST" and form.validate():
        taken = _taken_in(form)
        if taken is not None:
            if taken.already:
                flash(_("Ce fichier était déjà là : rien n’a changé."), "info")
            elif not taken.unknown:  # else the page says what was not recognised
                flash(_("Le fichier est pris en compte."), "done")
            return redirect(url_for(".show_statement", public_id=taken.public_id), 303)
    page = render_template(
        "operators/bank/receive.html", form=form, megabytes=bank_files.MOST_MEGABYTES, known=known
    )
    return page, 422 if form.errors else 200


def _taken_in(form: FileForm) -> TakenIn | None:
    sent = cast(FileStorage | None, form.file.data)
    if not sent or not sent.filename:
        refuse(form, "file", _("Choisissez un fichier."))
        return None
    content = sent.read()
    try:
        read = bank_files.read(content)
        file = SentFile(
            name=sent.filename,
            sha256=hashlib.sha256(content).hexdigest(),
            account=form.account.data or None,
            it_is_ours=bool(form.it_is_ours.data),
        )
        return make(lambda db: service.take_in(db, file, read, actor=actor(), now=clock.now()))
    except Refused as refusal:
        refuse(form, "file", str(word(refusal)))
        return None


@blueprint.get("/releves")
def list_statements() -> ResponseReturnValue:
    found = queries.statements(database.session(), number=page_number())
    words = ngettext("%(num)s fichier", "%(num)s fichiers", found.total)
    return render_template("operators/bank/statements.html", found=found, count_words=words)


@blueprint.get("/releves/<public_id>")
def show_statement(public_id: str) -> ResponseReturnValue:
    db = database.session()
    one = queries.statement(db, public_id)
    found = queries.lines(db, LineFilter(statement=public_id), number=page_number())
    events = history(db, [("bank_statement", one.id)])
    return render_template(
        "operators/bank/statement.html",
        unknown=unrecognised(events),
        one=one,
        job=jobs.job(db, one.job_public_id) if one.job_public_id else None,
        found=found,
        matches=queries.matches(db, [row.id for row in found.items]),
        entries=histories.entries(events),
    )


@blueprint.get("/releves/<public_id>/avancement")
def progress(public_id: str) -> ResponseReturnValue:
    """Answer the progress bar alone; once the work is over, have the page loaded again."""
    one = queries.statement(database.session(), public_id)
    job = jobs.job(database.session(), one.job_public_id) if one.job_public_id else None
    if job is None or job.over:
        return "", {"HX-Refresh": "true"}
    return render_template("operators/bank/_progress.html", one=one, job=job)


@blueprint.get("/lignes/<public_id>")
def show_line(public_id: str) -> ResponseReturnValue:
    return _line_page(public_id)


def _line_page(
    public_id: str, refused: RepitForm | None = None, **forms: RepitForm
) -> ResponseReturnValue:
    db = database.session()
    line = queries.line(db, public_id)
    waits = line.credit and line.state is LineState.NEW
    looked_for = request.args.get("q", "").strip() or None
    shown = _shown(line, forms.get("shares"), looked_for) if waits else []
    shares = forms.get("shares") or shares_form(shown)()
    if "shares" not in forms:
        _propose(cast(SharesForm, shares), line, shown)
    page = render_template(
        "operators/bank/line.html",
        line=line,
        form=refused,
        shares=shares,
        parts=cast(SharesForm, shares).parts(),
        shown=shown,
        looked_for=looked_for,
        entered=queries.entered(db, line) if waits else [],
        found=queries.matches(db, [line.id]).get(line.id, []),
        aside=forms.get("aside") or AsideForm(),
        back=forms.get("back") or BackForm(),
        entries=histories.entries(history(db, [("bank_line", line.id)])),
        automatic=line.why in AUTOMATIC,
        payment=payments.named_by(db, line),
        repaid=repayments.named_by(db, line),
        to_look_at=_to_look_at(line),
    )
    return page, 422 if refused else 200


def _to_look_at(line: LineView) -> bool:
    return line.state is LineState.NEW and line.why in OF_A_PAYMENT


def _shown(
    line: LineView, typed: RepitForm | None, looked_for: str | None
) -> list[ContributionView]:
    db = database.session()
    if typed is None:
        return queries.suggested(db, line, looked_for)
    return contribution_queries.named(db, cast(SharesForm, typed).parts())


def _propose(shares: SharesForm, line: LineView, shown: list[ContributionView]) -> None:
    """Write the whole line beside the one promise that waits for exactly that."""
    alike = [one for one in shown if one.missing == line.amount]
    if len(alike) == 1:
        shares.parts()[alike[0].public_id].data = line.amount


@blueprint.post("/lignes/<public_id>/rapprocher")
def match(public_id: str) -> ResponseReturnValue:
    line = queries.line(database.session(), public_id)
    names = [name.removeprefix(PART) for name in request.form if name.startswith(PART)]
    shown = contribution_queries.named(database.session(), names)
    form = shares_form(shown)(received())
    if not made(
        form,
        lambda db: deciding.match_by_hand(
            db,
            line.id,
            form.shares(shown),
            rest_motive=form.rest_motive.data,
            actor=actor(),
            now=clock.now(),
        ),
        beside="rest_motive",
    ):
        return _line_page(public_id, form, shares=form)
    flash(_("La ligne est rapprochée : l’argent est dans son enveloppe."), "done")
    return redirect(url_for(".show_line", public_id=public_id), 303)


@blueprint.post("/lignes/<public_id>/deja-entree/<int:arrival_id>")
def link(public_id: str, arrival_id: int) -> ResponseReturnValue:
    line = queries.line(database.session(), public_id)
    if not RepitForm(request.form).validate():
        raise UnprocessableEntity
    try:
        make(
            lambda db: deciding.link_entered(
                db, line.id, arrival_id, actor=actor(), now=clock.now()
            )
        )
        flash(_("La ligne est rapprochée de la somme déjà entrée : elle compte une fois."), "done")
    except Refused as refusal:
        flash(str(word(refusal)), "refused")
    return redirect(url_for(".show_line", public_id=public_id), 303)


@blueprint.post("/lignes/<public_id>/mettre-de-cote")
def set_aside(public_id: str) -> ResponseReturnValue:
    line = queries.line(database.session(), public_id)
    form = AsideForm(received())
    if not made(
        form,
        lambda db: deciding.set_aside(
            db, [line.id], motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    ):
        return _line_page(public_id, form, aside=form)
    flash(_("La ligne est mise de côté."), "done")
    return redirect(url_for(".list_lines"), 303)


@blueprint.post("/lignes/<public_id>/reprendre")
def take_back(public_id: str) -> ResponseReturnValue:
    line = queries.line(database.session(), public_id)
    form = BackForm(received())
    if not made(
        form,
        lambda db: deciding.take_back(
            db, line.id, motive=given(form.back_motive.data), actor=actor(), now=clock.now()
        ),
        beside="back_motive",
    ):
        return _line_page(public_id, form, back=form)
    flash(_("La ligne est de nouveau à rapprocher."), "done")
    return redirect(url_for(".show_line", public_id=public_id), 303)


@blueprint.post("/mettre-de-cote")
def set_several_aside() -> ResponseReturnValue:
    form = AsideForm(received())
    done: list[int] = []
    if not made(
        form,
        lambda db: done.append(
            deciding.set_aside(
                db,
                queries.ids_of(db, request.form.getlist("line")),
                motive=given(form.motive.data),
                actor=actor(),
                now=clock.now(),
            )
        ),
        beside="motive",
    ):
        return _list(form)
    flash(
        ngettext("%(num)d ligne est mise de côté.", "%(num)d lignes sont mises de côté.", done[-1]),
        "done",
    )
    return redirect(url_for(".list_lines"), 303)


@blueprint.post("/regarder")
def look_again() -> ResponseReturnValue:
    form = RepitForm(request.form)
    if not form.validate():
        flash(complaint(form), "refused")
        return redirect(url_for(".list_lines"), 303)
    before = queries.waiting(database.session())
    job = make(lambda db: service.look_again(db, actor=actor(), now=clock.now()))
    after = queries.waiting(database.session())
    found = before.money_in + before.money_out - after.money_in - after.money_out
    said = ngettext("%(num)d ligne rapprochée.", "%(num)d lignes rapprochées.", found)
    flash(
        _("Les lignes sont regardées une à une, cela continue sans vous.") if job else said, "info"
    )
    return redirect(url_for(".list_lines"), 303)
