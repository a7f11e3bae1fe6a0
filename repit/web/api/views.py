"""The API behind its token. What succeeds on the hot path was answered by `lane` already."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from repit.db.unit_of_work import unit_of_work
from repit.domain import actors, clock
from repit.domain.errors import DomainError
from repit.domain.ledger.queries import owed_to
from repit.domain.money import Cents
from repit.domain.providers.standing import Standing
from repit.domain.redemptions import reverse, takings
from repit.domain.redemptions.errors import DeviceLocked, UnknownCode, UnknownRedemption
from repit.domain.redemptions.reverse import TakenBack
from repit.domain.redemptions.rules import check_device
from repit.domain.retrying import retrying
from repit.web import database, errors
from repit.web.api import answers, content, problems, troubles
from repit.web.api.checking import Flaw, flaws_of
from repit.web.api.lane import PATH, REPLAYED, TROUBLE, Lane
from repit.web.api.schema import NOTHING
from repit.web.api.troubles import ContentNotValid, TokenNotValid, Trouble
from repit.web.desk import desk, desk_of

PREFIX = "/api/v1"
CREATED = 201

blueprint = Blueprint("api", __name__, url_prefix=PREFIX)


def register(app: Flask) -> None:
    """Open the lane, and answer in problems whatever fails under the API's addresses."""
    app.wsgi_app = Lane(app.wsgi_app, partial(desk_of, app))  # type: ignore[method-assign]
    errors.answer_under(app, f"{PREFIX}/", _fault)


@blueprint.before_request
def ask_for_token() -> None:
    """Let nobody in without a token that is in use; what else it may do is for the rules.

    In use at this very moment, save for taking, which finds out by itself.
    """
    if request.endpoint == "api.redeem":
        _standing()
        return
    _in_use(desk().standing_now(content.key_of(request.environ), clock.now()))


@blueprint.post("/redemptions")
def redeem() -> ResponseReturnValue:
    """Answer what the lane could not: it left the reason here."""
    trouble: Exception = request.environ[TROUBLE]
    raise trouble


@blueprint.get("/redemptions/<redemption_id>")
def redemption(redemption_id: str) -> ResponseReturnValue:
    """Show one of the provider's own redemptions."""
    found = takings.one_taken(
        database.session(), _uuid(redemption_id), provider_id=_standing().provider_id
    )
    if found is None:
        raise UnknownRedemption
    return _answer(answers.taken(found))


@blueprint.post("/redemptions/<redemption_id>/reversal")
def undo(redemption_id: str) -> ResponseReturnValue:
    """Take a redemption back, within the programme's window."""
    _refuse_content()
    standing = check_device(_standing())
    back = retrying(lambda: _undo(_uuid(redemption_id), standing))
    if back.replayed:
        return _answer(answers.reversal(back), headers={REPLAYED: "true"})
    return _answer(answers.reversal(back), CREATED, {"Location": f"{PATH}/{back.redemption_id}"})


@blueprint.get("/vouchers/<path:code>", merge_slashes=False)
def look(code: str) -> ResponseReturnValue:
    """Say what a code is worth to this provider today; take nothing."""
    seen = desk().look(content.key_of(request.environ), [code], now=clock.now())
    return _answer(answers.seen(seen))


@blueprint.get("/account")
def account() -> ResponseReturnValue:
    """Show what the provider may do, what it is owed and when, and what it took last."""
    before = request.args.get("before")
    standing = _standing()
    db, provider_id = database.session(), standing.provider_id
    last = takings.last_taken(db, provider_id, before=None if before is None else _cursor(before))
    full = len(last) == takings.PAGE
    return _answer(
        answers.account(
            standing,
            owed=owed_to(db, [provider_id]).get(provider_id, Cents(0)),
            expected=takings.expected(db, provider_id),
            redemptions=last,
            next_page=f"{PREFIX}/account?before={last[-1].id}" if full else None,
        )
    )


@blueprint.errorhandler(Trouble)
@blueprint.errorhandler(DomainError)
def refuse(error: DomainError | Trouble) -> ResponseReturnValue:
    """Answer a refusal; a wrong code that just locked the device says so."""
    if isinstance(error, UnknownCode) and _standing().locked_at is not None:
        error = DeviceLocked()
    return problems.response_to(error)


@blueprint.errorhandler(OperationalError)
@blueprint.errorhandler(InterfaceError)
@blueprint.errorhandler(NoConnectionLeft)
def wait(error: Exception) -> ResponseReturnValue:
    """Ask for patience while the database is away: the same id counts once, whatever was done."""
    current_app.logger.error("the database did not answer: %s", type(error).__name__)
    return problems.response_to(troubles.Unavailable())


_FAULTS: dict[int, type[Trouble]] = {
    404: troubles.NoSuchAddress,
    405: troubles.WrongMethod,
    503: troubles.Unavailable,
}


def _fault(problem: errors.Problem) -> ResponseReturnValue:
    """Answer what fails before or beside the views: an unknown address, a bug."""
    if problem.reference:
        return problems.response_to(troubles.Internal(reference=problem.reference))
    if problem.status == 413:  # noqa: PLR2004
        return problems.response_to(troubles.TooLarge(most_bytes=content.LARGEST))
    return problems.response_to(_FAULTS.get(problem.status, troubles.BadRequest)())


def _standing() -> Standing:
    return _in_use(desk().standing(content.key_of(request.environ), clock.now()))


def _in_use(standing: Standing | None) -> Standing:
    if standing is None or standing.revoked_at is not None:
        raise TokenNotValid
    return standing


def _undo(redemption_id: UUID, standing: Standing) -> TakenBack:
    db = database.session()
    with unit_of_work(db):
        return reverse.undo(
            db,
            redemption_id,
            provider_id=standing.provider_id,
            actor=actors.device(standing.device_id),
            now=clock.now(),
        )


def _refuse_content() -> None:
    """Accept no content, or an empty object."""
    if not request.content_length and "chunked" not in request.headers.get("Transfer-Encoding", ""):
        return
    flaws = flaws_of(content.json_of(request.environ), NOTHING)
    if flaws:
        raise ContentNotValid(flaws)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise UnknownRedemption from None


def _cursor(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ContentNotValid([Flaw("?before", "not_uuid")]) from None


def _answer(
    body: bytes, status: int = 200, headers: dict[str, Any] | None = None
) -> ResponseReturnValue:
    response = Response(body, status, headers, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
