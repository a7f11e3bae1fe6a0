"""Every room of the operator's pages, for the application to register."""

from flask import Blueprint

from repit.web.operators.accounting import blueprint as accounting
from repit.web.operators.alerts import blueprint as alerts
from repit.web.operators.annual import blueprint as annual
from repit.web.operators.attendance import blueprint as attendance
from repit.web.operators.bank import blueprint as bank
from repit.web.operators.bank_accounts import blueprint as bank_accounts
from repit.web.operators.batches import blueprint as batches
from repit.web.operators.batches_online import blueprint as batches_online
from repit.web.operators.board import blueprint as board
from repit.web.operators.care_asking import blueprint as care_asking
from repit.web.operators.care_edit import blueprint as care_edit
from repit.web.operators.care_slots import blueprint as care_slots
from repit.web.operators.carers import blueprint as carers
from repit.web.operators.child_sheets import blueprint as child_sheets
from repit.web.operators.contributions import blueprint as contributions
from repit.web.operators.costs import blueprint as costs
from repit.web.operators.decisions import blueprint as decisions
from repit.web.operators.forecasts import blueprint as forecasts
from repit.web.operators.fund_money import blueprint as fund_money
from repit.web.operators.funders import blueprint as funders
from repit.web.operators.funds import blueprint as funds
from repit.web.operators.home import blueprint as home
from repit.web.operators.imports import blueprint as imports
from repit.web.operators.issue import blueprint as issue
from repit.web.operators.journal import blueprint as journal
from repit.web.operators.messages import blueprint as messages
from repit.web.operators.online import blueprint as online
from repit.web.operators.online import funds as fund_online
from repit.web.operators.owed_back import blueprint as owed_back
from repit.web.operators.parent_care import blueprint as parent_care
from repit.web.operators.parent_family import blueprint as family
from repit.web.operators.parents import blueprint as parents
from repit.web.operators.payouts import blueprint as payouts
from repit.web.operators.places import blueprint as places
from repit.web.operators.programmes import blueprint as programmes
from repit.web.operators.provider_rights import blueprint as rights
from repit.web.operators.providers import blueprint as providers
from repit.web.operators.redemptions import blueprint as redemptions
from repit.web.operators.referrals import blueprint as referrals
from repit.web.operators.releases import blueprint as releases
from repit.web.operators.scale_previews import blueprint as scale_previews
from repit.web.operators.scales import blueprint as scales
from repit.web.operators.sessions import blueprint as sessions
from repit.web.operators.shares import blueprint as shares
from repit.web.operators.statements import blueprint as statements
from repit.web.operators.summaries import blueprint as summaries
from repit.web.operators.take_up import blueprint as take_up
from repit.web.operators.telephone import blueprint as telephone
from repit.web.operators.vouchers import blueprint as vouchers
from repit.web.operators.work import blueprint as work
from repit.web.operators.workshop_dates import blueprint as workshop_dates
from repit.web.operators.workshops import blueprint as workshops

ROOMS: tuple[Blueprint, ...] = (
    home,
    board,
    forecasts,
    take_up,
    parents,
    imports,
    family,
    parent_care,
    child_sheets,
    telephone,
    providers,
    rights,
    alerts,
    attendance,
    workshops,
    workshop_dates,
    sessions,
    places,
    care_slots,
    care_edit,
    care_asking,
    carers,
    referrals,
    vouchers,
    redemptions,
    issue,
    work,
    messages,
    owed_back,
    payouts,
    batches,
    batches_online,
    bank_accounts,
    statements,
    accounting,
    annual,
    summaries,
    costs,
    journal,
    programmes,
    scales,
    scale_previews,
    decisions,
    funds,
    fund_money,
    contributions,
    bank,
    fund_online,
    online,
    releases,
    shares,
    funders,
)
