"""What every page of the operator stands in: the column of links, and who is signed in."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from repit.web.access import require, visitor
from repit.web.navigation import Entry

ENTRIES = (
    Entry("operators_home.home", _("Accueil"), "home"),
    Entry("operators_board.show_board", _("Tableau de bord"), "chart-bar"),
    Entry("operators_parents.list_parents", _("Parents"), "users"),
    Entry("operators_vouchers.list_vouchers", _("Chèques"), "ticket"),
    Entry("operators_workshops.list_workshops", _("Ateliers"), "calendar"),
    Entry("operators_care.list_slots", _("Gardes"), "baby-carriage"),
    Entry("operators_referrals.list_referrals", _("Orientations"), "heart-handshake"),
    Entry("operators_providers.list_providers", _("Prestataires"), "building-store"),
    Entry("operators_payouts.list_due", _("Virements"), "currency-euro"),
    Entry("operators_funds.list_funds", _("Financeurs et enveloppes"), "coins"),
    Entry("operators_releases.list_releases", _("Publications"), "send"),
    Entry("operators_bank.list_lines", _("Banque"), "wallet"),
    Entry("operators_accounting.show_balance", _("Comptabilité"), "report-analytics"),
    Entry("operators_costs.list_lines", _("Temps et coûts"), "clock"),
    Entry("operators_programmes.list_programmes", _("Dispositifs"), "list-details"),
    Entry("operators_imports.list_imports", _("Imports"), "file-import"),
    Entry("operators_journal.show_journal", _("Journal"), "history"),
)


def room(name: str, import_name: str, url_prefix: str) -> Blueprint:
    """Return the blueprint of one room of the operator's pages, guarded and framed."""
    blueprint = Blueprint(name, import_name, url_prefix=url_prefix)
    blueprint.before_request(require("operator"))
    blueprint.context_processor(frame)
    return blueprint


def frame() -> dict[str, object]:
    """Return what the operator's layout shows around each page."""
    return {"nav": ENTRIES, "signed_in": True, "person_label": visitor().name}
