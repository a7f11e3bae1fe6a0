"""Sign-in: ask for a message, follow its link or type its code. Only a POST ever signs in."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from repit.db.unit_of_work import unit_of_work
from repit.domain import clock
from repit.domain.errors import DomainError
from repit.domain.stays import queries, service, sign_in
from repit.domain.stays.errors import TooManySignIns
from repit.domain.stays.queries import StayEnd
from repit.web import access, database
from repit.web.access import ANYONE, require
from repit.web.account import browsers
from repit.web.account.forms import AskForm, CodeForm, EnterForm
from repit.web.door import sign_in_keys
from repit.web.forms import given, received, refuse
from repit.web.wording import Answer, word

blueprint = Blueprint("account", __name__, url_prefix="/entrer")
blueprint.before_request(require(ANYONE))

ASKED = "asked"
ONWARD = "onward"
HOMES = {
    "parent": "/mes-cheques",
    "provider": "/prestataire",
    "operator": "/porteur",
    "facilitator": "/animateur",
    "funder": "/financeur",
}


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.context_processor
def frame() -> dict[str, object]:
    here = access.visitor_or_none()
    return {"signed_in": here is not None, "person_label": here.name if here else None}


@blueprint.get("")
def enter() -> ResponseReturnValue:
    onward = access.safe_next(request.args.get("next"))
    if onward:
        session[ONWARD] = onward
    return _entrance(AskForm(data={"email": session.get(ASKED)}))


@blueprint.post("")
def ask() -> ResponseReturnValue:
    form = AskForm(received())
    if not form.validate():
        return _entrance(form), 422
    db, email = database.session(), given(form.email.data)
    try:
        with unit_of_work(db):
            sign_in.ask(
                db, email=email, source=browsers.source(), keys=sign_in_keys(), now=clock.now()
            )
    except TooManySignIns as refusal:
        return _too_many(_entrance(form, word(refusal)), refusal)
    session[ASKED] = email
    return redirect("/entrer/code", 303)


@blueprint.get("/code")
def type_code() -> ResponseReturnValue:
    return _code_page(CodeForm(data={"email": session.get(ASKED)}))


@blueprint.post("/code")
def use_code() -> ResponseReturnValue:
    form = CodeForm(received())
    if not form.validate():
        return _code_page(form), 422
    browser = browsers.this_browser(own=form.own_device.data)
    try:
        key = _spend_code(form, browser)
    except TooManySignIns as refusal:
        return _too_many(_code_page(form, word(refusal)), refusal)
    except DomainError as refusal:
        return _entrance(AskForm(), word(refusal)), 409
    if key is None:
        refuse(form, "code", gettext("Ce code ne va pas. Vérifiez-le, ou demandez un message."))
        return _code_page(form), 422
    return _come_in(key, browser)


@blueprint.get("/lien/<token>")
def follow_link(token: str) -> ResponseReturnValue:
    """Show a button and look nothing up: mail programs open links before people do."""
    return render_template("account/link.html", form=EnterForm())


@blueprint.post("/lien/<token>")
def use_link(token: str) -> ResponseReturnValue:
    form = EnterForm(received())
    if not form.validate():
        return render_template("account/link.html", form=form), 422
    browser = browsers.this_browser(own=form.own_device.data)
    db, now = database.session(), clock.now()
    try:
        with unit_of_work(db):
            person_id = sign_in.use_link(db, token, now=now)
            key = service.start(db, person_id, browser=browser, now=now)
    except DomainError as refusal:
        return _entrance(AskForm(), word(refusal)), 409
    return _come_in(key, browser)


@blueprint.post("/sortir")
def sign_out() -> ResponseReturnValue:
    """End the visit, token or not: nobody is to stay in because a page was open for long."""
    here = access.visitor_or_none()
    _end_visit()
    response = make_response(redirect("/entrer", 303))
    if here is not None and here.role == "parent":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def home_of(role: str) -> str:
    """Return where somebody in this role goes on: where they wanted to go, if it is theirs."""
    home = HOMES.get(role, "/entrer/role")
    onward = access.safe_next(session.get(ONWARD))
    elsewhere = [other for other in (*HOMES.values(), "/entrer") if other != home]
    if role not in HOMES or onward is None or onward.startswith(tuple(elsewhere)):
        return home
    return onward


def begin_visit(key: str, *, own: bool) -> None:
    """Let this browser hold the key, and nothing of what was there before."""
    kept = {ONWARD: session[ONWARD]} if ONWARD in session else {}
    session.clear()
    session.update(kept)
    session[access.KEY] = key
    session[browsers.OWN] = own
    session.permanent = own
    access.forget_visitor()


def _spend_code(form: CodeForm, browser: service.Browser) -> str | None:
    db, now = database.session(), clock.now()
    with unit_of_work(db):
        person_id = sign_in.use_code(
            db,
            email=given(form.email.data),
            code=given(form.code.data),
            source=browsers.source(),
            keys=sign_in_keys(),
            now=now,
        )
        if person_id is None:
            return None
        return service.start(db, person_id, browser=browser, now=now)


def _come_in(key: str, browser: service.Browser) -> ResponseReturnValue:
    _end_visit(forget=False)
    begin_visit(key, own=browser.own)
    here = access.visitor()
    response = make_response(redirect(home_of(here.role), 303))
    if here.device_id is not None:
        browsers.remember(response, browser)
    return response


def _end_visit(*, forget: bool = True) -> None:
    """End the visit of this browser, if there is one."""
    here = access.visitor_or_none()
    if here is not None:
        db = database.session()
        with unit_of_work(db):
            service.end(db, here.stay_id, now=clock.now())
    if forget:
        session.clear()
        access.forget_visitor()


def _entrance(form: AskForm, refusal: Answer | None = None) -> str:
    return render_template(
        "account/enter.html",
        form=form,
        refusal=refusal,
        ended=_how_the_last_visit_ended(),
        inside=access.visitor_or_none(),
    )


def _code_page(form: CodeForm, refusal: Answer | None = None) -> str:
    asked = session.get(ASKED)
    return render_template("account/code.html", form=form, refusal=refusal, asked=asked)


def _how_the_last_visit_ended() -> StayEnd | None:
    key = session.get(access.KEY)
    if key is None or access.visitor_or_none() is not None:
        return None
    return queries.how_it_ended(database.session(), str(key), clock.now())


def _too_many(page: str, refusal: TooManySignIns) -> Response:
    response = make_response(page, 429)
    seconds = (refusal.until - clock.now()).total_seconds()
    response.headers["Retry-After"] = str(max(1, int(seconds)))
    return response
