"""Let somebody lead a workshop or a session of it; a parent only when that is meant."""

from flask_babel import gettext as _

from repit.domain import clock
from repit.domain.households.accounts import is_a_parents_address
from repit.domain.workshops import facilitators
from repit.web import database
from repit.web.access import actor
from repit.web.forms import given, refuse
from repit.web.operators.acting import made
from repit.web.operators.workshop_forms import FacilitatorForm


def added(form: FacilitatorForm, workshop_id: int, session_id: int | None = None) -> bool:
    """Add who was typed; False when the form says what is wrong, or what to confirm."""
    return _is_meant(form) and made(
        form,
        lambda db: facilitators.add(
            db,
            workshop_id,
            name=given(form.name.data),
            email=given(form.email.data),
            session_id=session_id,
            actor=actor(),
            now=clock.now(),
        ),
        beside="email",
    )


def _is_meant(form: FacilitatorForm) -> bool:
    """Who leads reads the sheets, with everybody's names: a parent is never added by mistake."""
    if not form.validate():
        return False
    is_parent = is_a_parents_address(database.session(), given(form.email.data))
    if not is_parent or form.parent_too.data:
        return True
    words = _("Cette adresse est celle d’un parent. Si c’est bien voulu, cochez la case.")
    refuse(form, "parent_too", words)
    return False
