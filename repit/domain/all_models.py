"""Import every model, so that the metadata is complete for migrations and tests."""

from repit.domain.accounting import models as accounting
from repit.domain.attendance import models as attendance
from repit.domain.audit import models as audit
from repit.domain.banking import models as banking
from repit.domain.bookings import models as bookings
from repit.domain.cards import models as cards
from repit.domain.care import models as care
from repit.domain.costs import models as costs
from repit.domain.entitlements import models as entitlements
from repit.domain.family_shares import models as family_shares
from repit.domain.figures import models as figures
from repit.domain.households import models as households
from repit.domain.jobs import models as jobs
from repit.domain.ledger import models as ledger
from repit.domain.notices import models as notices
from repit.domain.people import models as people
from repit.domain.presence import models as presence
from repit.domain.programmes import models as programmes
from repit.domain.providers import models as providers
from repit.domain.redemptions import models as redemptions
from repit.domain.referrals import models as referrals
from repit.domain.releases import models as releases
from repit.domain.satisfaction import models as satisfaction
from repit.domain.settlements import models as settlements
from repit.domain.summaries import models as summaries
from repit.domain.vouchers import models as vouchers
from repit.domain.workshops import models as workshops

__all__ = [
    "accounting",
    "attendance",
    "audit",
    "banking",
    "bookings",
    "cards",
    "care",
    "costs",
    "entitlements",
    "family_shares",
    "figures",
    "households",
    "jobs",
    "ledger",
    "notices",
    "people",
    "presence",
    "programmes",
    "providers",
    "redemptions",
    "referrals",
    "releases",
    "satisfaction",
    "settlements",
    "summaries",
    "vouchers",
    "workshops",
]
