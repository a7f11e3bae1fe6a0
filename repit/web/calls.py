"""The call for funds: what a funder is asked to pay, to which account, with which reference."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from repit.domain.programmes.contribution_queries import ContributionView
from repit.domain.programmes.references import spaced
from repit.domain.settlements.accounts import account_in_force
from repit.integrations import pdf
from repit.settings import Settings
from repit.web import formats, online, papers
from repit.web.links import Links


@dataclass(frozen=True)
class Account:
    """Where the money goes; the IBAN in groups of four."""

    holder: str
    iban: str
    bic: str | None


def account_for(db: Session, one: ContributionView, now: datetime) -> Account | None:
    """Return the programme's account, once two people have said which it is."""
    found = account_in_force(db, now=now, programme_id=one.programme_id)
    if found is None:
        return None
    return Account(found.holder, spaced(found.iban), found.bic)


def as_pdf(one: ContributionView, account: Account | None, now: datetime) -> Response:
    """Return the call for funds as a document."""
    due = one.promised.due_on
    asked = [
        (_("Dispositif"), one.programme_name),
        (_("Enveloppe"), one.fund_title),
        (_("Convention"), one.promised.agreement or _("non indiquée")),
        (_("À verser avant le"), formats.day(due) if due else _("dès que possible")),
        (_("Promis"), formats.money(one.amount)),
        (_("Déjà reçu"), formats.money(one.received)),
    ]
    return papers.handed_out(
        f"appel-de-fonds-{one.reference}",
        title=_("Appel de fonds"),
        lead=one.funder_name,
        reference=one.reference,
        now=now,
        blocks=(
            pdf.Text(_who_asks(one)),
            pdf.Figure(_("Reste à verser"), formats.money(one.missing)),
            pdf.Facts(asked),
            pdf.Heading(_("Par virement")),
            pdf.Facts(_transfer(one, account)),
            pdf.Text(
                _("Recopiez la référence telle quelle : elle suffit à retrouver votre versement.")
            ),
            *_online(one),
            pdf.Text(_("Établi le %(day)s.", day=formats.day(now))),
        ),
    )


def _who_asks(one: ContributionView) -> str:
    settings: Settings = current_app.extensions["repit.settings"]
    return _(
        "%(operator)s vous demande de verser, pour le dispositif %(programme)s :",
        operator=settings.operator_name,
        programme=one.programme_name,
    )


def _online(one: ContributionView) -> list[pdf.Block]:
    if not (online.pays_online() and one.missing):
        return []
    address = Links.of(current_app.extensions["repit.settings"]).payment(one.public_id)
    how = _("Par carte, par prélèvement ou par virement, sans compte ni mot de passe :")
    return [pdf.Heading(_("Ou en ligne")), pdf.Text(f"{how} {address}")]


def _transfer(one: ContributionView, account: Account | None) -> list[tuple[str, str]]:
    reference = [(_("Référence à recopier"), spaced(one.reference))]
    if account is None:
        return [*reference, (_("Compte"), _("communiqué par ailleurs"))]
    bic = [("BIC", account.bic)] if account.bic else []
    return [*reference, (_("Titulaire"), account.holder), ("IBAN", account.iban), *bic]
