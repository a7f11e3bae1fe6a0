"""Rights: the requests of a programme, decided one by one or together, and one parent's own."""

from collections.abc import Collection
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import Session

from repit.domain import clock
from repit.domain.entitlements import service
from repit.domain.entitlements.facts import facts_for
from repit.domain.entitlements.queries import RequestView, requests, rights_of
from repit.domain.errors import NoSuchObject
from repit.domain.households.queries import ParentFile, parent_file
from repit.domain.programmes import queries as programmes
from repit.domain.programmes.queries import ProgrammeView, programme
from repit.web import database
from repit.web.access import actor
from repit.web.exports import csv_file
from repit.web.fields import listed
from repit.web.forms import chosen, given, received
from repit.web.navigation import here
from repit.web.operators.acting import complaint, made, today
from repit.web.operators.decision_forms import (
    MOST_AT_ONCE,
    STATES,
    AskForm,
    DecisionForm,
    EndForm,
    RequestSearch,
)
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting, wanted_page

blueprint = room("operators_decisions", __name__, "/porteur")

DECIDED = {
    "grant": lazy_gettext("Le droit est accordé."),
    "refuse": lazy_gettext("La demande est refusée."),
}


@blueprint.app_template_filter("right_pill")
def right_pill(state: str) -> tuple[str, str]:
    """Return the words and the tone of a right's state."""
    _many, one, tone = STATES[state]
    return str(one), tone


@blueprint.get("/dispositifs/<public_id>/demandes")
def list_requests(public_id: str) -> ResponseReturnValue:
    return _requests_page(public_id, DecisionForm())


def _requests_page(public_id: str, form: DecisionForm) -> ResponseReturnValue:
    db = database.session()
    found = programme(db, public_id)
    search = RequestSearch(request.args)
    state = chosen(search.state) or "requested"
    waiting = requests(
        db,
        found.id,
        state=None if state == "all" else state,
        text=search.q.data,
        number=wanted_page(),
        length=MOST_AT_ONCE,
    )
    if exporting():
        return _csv(waiting.items)
    page = render_template(
        "operators/entitlements/requests.html",
        programme=found,
        search=search,
        state=state,
        found=waiting,
        facts=_facts(found, waiting.items),
        form=form,
        ticked=_ticked(form, waiting.items),
        count_words=ngettext("%(num)s demande", "%(num)s demandes", waiting.total),
    )
    return page, 422 if form.errors else 200


def _facts(found: ProgrammeView, rows: list[RequestView]) -> dict[int, object]:
    parents = [row.parent_id for row in rows]
    if not parents:
        return {}
    return dict(facts_for(database.session(), found.settings.isolated_kinds, parents, today()))


def _ticked(form: DecisionForm, rows: list[RequestView]) -> set[int]:
    """Without scripts « Tout cocher » is an address."""
    if request.args.get("all") == "1":
        return {row.id for row in rows}
    return set(form.ids.data or [])


def _csv(rows: list[RequestView]) -> ResponseReturnValue:
    columns = [
        _("Numéro"), _("Nom"), _("Commune"), _("Demandé le"), _("État"), _("Décidé le"),
        _("Motif"),
    ]  # fmt: skip
    lines = [
        (
            row.number,
            row.name,
            row.town,
            row.requested_on,
            right_pill(row.state)[0],
            row.decided_at,
            row.motive,
        )
        for row in rows
    ]
    return csv_file("demandes", columns, lines)


@blueprint.post("/dispositifs/<public_id>/demandes")
def decide(public_id: str) -> ResponseReturnValue:
    form = DecisionForm(received())
    if not made(form, lambda db: _decide(db, form), beside="ids"):
        return _requests_page(public_id, form)
    count = len(given(form.ids.data))
    if form.act.data == "grant":
        words = ngettext("%(num)s droit est accordé.", "%(num)s droits sont accordés.", count)
    else:
        words = ngettext("%(num)s demande est refusée.", "%(num)s demandes sont refusées.", count)
    flash(words, "done")
    return redirect(here(all=None, page=None), 303)


def _decide(db: Session, form: DecisionForm) -> None:
    ids = sorted(set(given(form.ids.data)))
    who, now, motive = actor(), clock.now(), form.motive.data
    if form.act.data == "grant":
        first_day: date | None = form.first_day.data
        service.grant(db, ids, first_day=first_day, motive=motive, actor=who, now=now)
    else:
        service.refuse(db, ids, motive=given(motive), actor=who, now=now)


@blueprint.get("/parents/<public_id>/droits")
def rights_of_parent(public_id: str) -> ResponseReturnValue:
    return _rights_page(parent_file(database.session(), public_id))


def _rights_page(
    parent: ParentFile, ask: AskForm | None = None, end: EndForm | None = None
) -> ResponseReturnValue:
    db = database.session()
    rights = rights_of(db, parent.id)
    ask = ask or _ask_form({right.programme_public_id for right in rights if right.holds}, parent)
    end = end or EndForm(last_day=today())
    page = render_template(
        "operators/entitlements/parent.html",
        parent=parent,
        rights=rights,
        running=[right for right in rights if right.state in {"granted", "ended"}],
        ask=ask,
        end=end,
        form=end if end.errors else ask,
    )
    return page, 422 if ask.errors or end.errors else 200


def _ask_form(but: Collection[str] = (), parent: ParentFile | None = None) -> AskForm:
    """`but`: the programmes that need not be asked for any more."""
    form = AskForm(received(), data={"requested_on": parent and parent.requested_on})
    found = programmes.programmes(database.session(), closed=False).items
    form.programme.choices = listed(
        (one.public_id, one.name) for one in found if one.public_id not in but
    )
    return form


@blueprint.post("/parents/<public_id>/droits")
def ask_for_right(public_id: str) -> ResponseReturnValue:
    parent = parent_file(database.session(), public_id)
    form = _ask_form()
    if not made(
        form,
        lambda db: service.request(
            db,
            parent.id,
            programme(db, form.programme.data).id,
            requested_on=given(form.requested_on.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="programme",
    ):
        return _rights_page(parent, ask=form)
    flash(_("La demande est enregistrée. Elle attend une décision."), "done")
    return redirect(url_for(".rights_of_parent", public_id=public_id), 303)


@blueprint.post("/parents/<public_id>/droits/decision")
def decide_for_parent(public_id: str) -> ResponseReturnValue:
    parent = parent_file(database.session(), public_id)
    form = DecisionForm(received())
    form.ids.data = [one for one in form.ids.data or [] if one in _rights_held(parent)]
    if not made(form, lambda db: _decide(db, form), beside="motive"):
        flash(complaint(form), "refused")
    else:
        flash(str(DECIDED[form.act.data]), "done")
    return redirect(url_for(".rights_of_parent", public_id=public_id), 303)


@blueprint.post("/parents/<public_id>/droits/fin")
def end_right(public_id: str) -> ResponseReturnValue:
    parent = parent_file(database.session(), public_id)
    form = EndForm(received())
    if form.right_id.data not in _rights_held(parent):
        raise NoSuchObject
    if not made(
        form,
        lambda db: service.end(
            db,
            given(form.right_id.data),
            last_day=given(form.last_day.data),
            motive=given(form.motive.data),
            actor=actor(),
            now=clock.now(),
        ),
        beside="last_day",
    ):
        return _rights_page(parent, end=form)
    flash(_("Le droit a maintenant un dernier jour."), "done")
    return redirect(url_for(".rights_of_parent", public_id=public_id), 303)


def _rights_held(parent: ParentFile) -> set[int]:
    return {right.id for right in rights_of(database.session(), parent.id)}
