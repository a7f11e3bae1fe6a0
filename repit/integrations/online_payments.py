"""Which Stripe an installation talks to. Its library is loaded by whoever asks first."""

from repit.domain.cards.gateway import Gateway
from repit.settings import Settings


def has_gateway(settings: Settings) -> bool:
    """Whether anything can be paid online: with a key, or in a demo without one."""
    return settings.stripe_key is not None or settings.stripe_stand_in is not None


def open_gateway(settings: Settings) -> Gateway | None:
    """Return the gateway of an installation; in a demo without a key, one to the imitation."""
    if not has_gateway(settings):
        return None
    # Some thirty megabytes in each process, used now and then.
    from repit.integrations.stripe_payments import StripePayments  # noqa: PLC0415

    if settings.stripe_key and settings.stripe_webhook_secret:
        return StripePayments(settings.stripe_key, settings.stripe_webhook_secret)
    if settings.stripe_stand_in is None:
        return None
    from repit.integrations import stripe_stand_in as stand_in  # noqa: PLC0415
    from repit.integrations.stripe_stand_in.client import StandInClient  # noqa: PLC0415
    from repit.integrations.stripe_stand_in.shelf import Shelf  # noqa: PLC0415

    line = StandInClient(Shelf(settings.stripe_stand_in), stand_in.KEY)
    return StripePayments(stand_in.KEY, stand_in.WEBHOOK_SECRET, line)
