"""Referrals noted, listed and followed, for every audience that works with them.

An audience finds what is its own, which is its guard, and says where its pages are; what is
typed, done and answered is the same for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.referrals import service
from repit.domain.referrals.queries import ReferralView
from repit.domain.referrals.rules import Outcome
from repit.web.access import actor
from repit.web.acting import complaint, made, today
from repit.web.forms import given, received
from repit.web.referral_form import AnnulForm, OutcomeForm, ReferralForm, beside
from repit.web.words.referrals import KINDS, OUTCOMES

INVALID = 422


def register(app: Flask) -> None:
    """Give templates the filters `referral_kind` and `referral_outcome`."""
    app.add_template_filter(KINDS.__getitem__, "referral_kind")
    app.add_template_filter(OUTCOMES.__getitem__, "referral_outcome")


@dataclass(frozen=True)
class Source:
    """Where a new referral comes from: one session, or else one of these programmes."""

    programmes: Sequence[tuple[int, str, str]]
    """Id, public id and name."""
    session_id: int | None = None
    title: str | None = None
    """Of the session."""


def note(template: str, source: Source, back: str) -> ResponseReturnValue:
    """Answer the page on which a referral is noted, and note it.

    Args:
        back: the address of the list.
    """
    form = ReferralForm(received(), on_day=today())
    form.ask([(public_id, name) for _id, public_id, name in source.programmes])
    known = {public_id: programme_id for programme_id, public_id, _name in source.programmes}
    if request.method == "POST" and made(
        form,
        lambda db: service.note(
            db,
            form.referral(known[form.programme.data], source.session_id),
            actor=actor(),
            now=clock.now(),
        ),
        beside=beside,
    ):
        flash(_noted(Outcome(form.outcome.data)), "done")
        return redirect(back, 303)
    page = render_template(template, form=form, source=source, back=back)
    return page, INVALID if form.errors else 200


def _noted(outcome: Outcome) -> str:
    if outcome is Outcome.NOT_KNOWN:
        return _("L’orientation est notée. Dites plus tard ce qu’elle est devenue.")
    return _("L’orientation est notée, avec sa suite : « %(outcome)s ».",
             outcome=OUTCOMES[outcome][0])  # fmt: skip


def follow(one: ReferralView, back: str) -> ResponseReturnValue:
    """Note what became of a referral, and lead back."""
    form = OutcomeForm(received())
    if made(
        form,
        lambda db: service.say(
            db, one.id, Outcome(form.outcome.data), actor=actor(), now=clock.now()
        ),
        beside=None,
    ):
        flash(_("C’est noté."), "done")
    else:
        flash(complaint(form), "refused")
    return redirect(back, 303)


def annul(form: AnnulForm, one: ReferralView) -> bool:
    """Count a referral no more; when it is refused, the form says why."""
    return made(
        form,
        lambda db: service.annul(
            db, one.id, motive=given(form.motive.data), actor=actor(), now=clock.now()
        ),
        beside="motive",
    )
