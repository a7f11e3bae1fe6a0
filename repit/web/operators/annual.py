"""The account of each year of a programme that the law asks one of: page, CSV, PDF, giving it."""

from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from repit.domain import clock
from repit.domain.accounting import annual, service
from repit.domain.accounting.annual import FundYear, Part, YearAccount
from repit.domain.accounting.queries import given_accounts
from repit.domain.errors import NoSuchObject
from repit.domain.programmes.profiles import PROFILES, Profile
from repit.domain.programmes.queries import ProgrammeView, programme
from repit.domain.providers.rules import shown_identifier
from repit.integrations import pdf
from repit.web import database, formats
from repit.web.access import actor
from repit.web.exports import Value, csv_file, euros
from repit.web.forms import RepitForm, received
from repit.web.operators.acting import made, today
from repit.web.operators.navigation import room
from repit.web.operators.paging import exporting
from repit.web.papers import handed_out

blueprint = room("operators_annual", __name__, "/porteur/dispositifs/<public_id>/comptes-annuels")

LINES = (
    # part of the account: its name, what it holds
    ("issued", lazy_gettext("Émis"), lazy_gettext("chèques remis aux parents")),
    ("paid", lazy_gettext("Utilisés et payés"), lazy_gettext("virés aux prestataires")),
    ("to_pay", lazy_gettext("Utilisés, à payer"), lazy_gettext("encaissés, pas encore virés")),
    (
        "exchanged",
        lazy_gettext("Annulés ou échangés"),
        lazy_gettext("perdus ou repris ; leur valeur est revenue à l’enveloppe"),
    ),
    (
        "lapsed",
        lazy_gettext("Périmés"),
        lazy_gettext("jamais utilisés ; leur valeur est revenue à l’enveloppe"),
    ),
    ("remaining", lazy_gettext("Restants"), lazy_gettext("encore chez les parents")),
)


@dataclass(frozen=True)
class Shown:
    """A year's account as it is now, or as it was given."""

    programme: ProgrammeView
    frame: Profile
    account: YearAccount
    given_at: datetime | None

    @property
    def title(self) -> str:
        """Return « Compte annuel 2026 »."""
        return _("Compte annuel %(year)s", year=self.account.year)


@blueprint.get("/")
def list_years(public_id: str) -> ResponseReturnValue:
    db = database.session()
    of = programme(db, public_id)
    given = given_accounts(db, of.id)
    frame = _frame(of)
    rows = [(year, frame, given.get(year)) for year in annual.years(db, of.id)]
    return render_template(
        "operators/accounting/years.html", programme=of, rows=rows, today=today()
    )


@blueprint.get("/<int:year>")
def show_year(public_id: str, year: int) -> ResponseReturnValue:
    shown = _shown(public_id, year)
    if exporting():
        return _csv(shown)
    if request.args.get("format") == "pdf":
        return _paper(shown)
    return _page(shown, None)


@blueprint.post("/<int:year>")
def give(public_id: str, year: int) -> ResponseReturnValue:
    shown = _shown(public_id, year)
    form = RepitForm(received())
    if not made(
        form,
        lambda db: service.give_account(
            db, shown.programme.id, year, actor=actor(), now=clock.now()
        ),
        beside=None,
    ):
        return _page(shown, form)
    flash(_("Le compte est rendu. Ses chiffres ne changeront plus."), "done")
    return redirect(url_for(".show_year", public_id=public_id, year=year), 303)


def _page(shown: Shown, refused: RepitForm | None) -> ResponseReturnValue:
    page = render_template(
        "operators/accounting/annual.html",
        shown=shown,
        account=shown.account,
        lines=LINES,
        form=refused,
        today=today(),
    )
    return page, 422 if refused else 200


def _frame(of: ProgrammeView) -> Profile:
    if of.settings.profile is None:
        raise NoSuchObject
    return PROFILES[of.settings.profile]


def _shown(public_id: str, year: int) -> Shown:
    db = database.session()
    of = programme(db, public_id)
    kept = given_accounts(db, of.id).get(year)
    if kept:
        return Shown(of, _frame(of), annual.thawed(kept.figures), kept.given_at)
    return Shown(of, _frame(of), annual.year_account(db, of.id, year), None)


def part(fund: FundYear, name: str) -> Part:
    """Return one line of a fund's year."""
    found: Part = getattr(fund, name)
    return found


def _csv(shown: Shown) -> ResponseReturnValue:
    columns = [_("Quoi"), _("Enveloppe"), _("Financeur"), _("Chèques"), _("Montant")]
    lines: list[tuple[Value, ...]] = []
    for fund in shown.account.funds:
        for name, words, _meaning in LINES:
            lines.append((str(words), fund.title, fund.funder, *_cells(part(fund, name))))
    lines.append((_("Rejetés"), None, None, *_cells(shown.account.rejected)))
    lines += [
        (_("Prestataire payé"), None, one.name, *_cells(one.paid))
        for one in shown.account.providers
    ]
    return csv_file(f"compte-annuel-{shown.account.year}", columns, lines)


def _cells(of: Part) -> tuple[Value, Value]:
    return of.vouchers, euros(of.amount)


def _paper(shown: Shown) -> ResponseReturnValue:
    account = shown.account
    state = (
        _("rendu le %(day)s", day=formats.day(shown.given_at))
        if shown.given_at
        else _("provisoire, au %(day)s", day=formats.day(clock.now()))
    )
    return handed_out(
        f"compte-annuel-{account.year}",
        title=shown.title,
        lead=f"{shown.programme.name} · {state}",
        foot=_("Chèque d’accompagnement personnalisé (CGCT L1611-6, R1611-2 à R1611-15)"),
        reference=f"{shown.programme.public_id}-{account.year}",
        blocks=(
            pdf.Figure(_("Émis et non payés"), formats.money(account.total.difference.amount)),
            _becoming(account),
            _by_fund(account),
            _paid_providers(account),
        ),
        now=shown.given_at or clock.now(),
    )


def _numbers() -> tuple[pdf.Column, pdf.Column]:
    return pdf.Column(_("Chèques"), number=True), pdf.Column(_("Montant"), number=True)


def _words(of: Part) -> tuple[str, str]:
    return formats.number(of.vouchers), formats.money(of.amount)


def _becoming(account: YearAccount) -> pdf.Table:
    rows = [
        (str(words), str(meaning), *_words(part(account.total, name)))
        for name, words, meaning in LINES
    ]
    rejected = (
        _("Rejetés"),
        _("repris à un prestataire qui les avait acceptés à tort"),
        *_words(account.rejected),
    )
    return pdf.Table(
        _("Ce que les chèques sont devenus"),
        (pdf.Column(_("Devenir")), pdf.Column(_("Précision"), wide=True), *_numbers()),
        [*rows, rejected],
    )


def _by_fund(account: YearAccount) -> pdf.Table:
    names = (_("Émis"), _("Payés"), _("Échangés"), _("Périmés"), _("Émis et non payés"))
    parts = ("issued", "paid", "exchanged", "lapsed", "difference")

    def cells(of: FundYear) -> list[str]:
        return [formats.money(part(of, name).amount) for name in parts]

    return pdf.Table(
        _("Par enveloppe"),
        (
            pdf.Column(_("Enveloppe"), wide=True),
            *(pdf.Column(name, number=True) for name in names),
        ),
        [(f"{one.title} ({one.funder})", *cells(one)) for one in account.funds],
        (_("Total"), *cells(account.total)),
    )


def _paid_providers(account: YearAccount) -> pdf.Block:
    if not account.providers:
        return pdf.Text(_("Aucun prestataire n’a encore été payé pour ces chèques."))
    return pdf.Table(
        _("Prestataires payés"),
        (pdf.Column(_("Prestataire"), wide=True), pdf.Column(_("Numéro")), *_numbers()),
        [
            (one.name, shown_identifier(one.identifier, one.identifier_kind), *_words(one.paid))
            for one in account.providers
        ],
        (_("Total"), "", *_words(account.total.paid)),
    )
