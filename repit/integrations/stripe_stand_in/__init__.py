"""An imitation of Stripe inside the process, for the demo and the tests. No socket is opened.

It stands behind Stripe's own client library, whose encoding, retries and errors all run. It keeps
books (`shelf`), answers and refuses as Stripe does (`desk`), and acts as payers, banks and
providers do, with signed events (`town`). What it does not know it refuses: a wrong call never
passes here.
"""

KEY = "sk_test_StandInOfStripe"
WEBHOOK_SECRET = "whsec_StandInOfStripe"  # noqa: S105  (opens nothing: the demo is on one machine)
