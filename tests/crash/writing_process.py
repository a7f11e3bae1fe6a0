"""A process that redeems one voucher after another, and says how far it came."""

import sys

from sqlalchemy import create_engine

from repit.db.engine import prepare
from repit.domain.redemptions.desk import Desk
from tests.cast import NOON, VAULT
from tests.domain.redemptions.taking import brought


def main(database_url: str, device: str) -> None:
    """Bring the codes that arrive, one a line."""
    engine = create_engine(database_url)
    prepare(engine)
    desk = Desk(engine, VAULT)
    for number, code in enumerate(sys.stdin, 1):
        desk.redeem(int(device), brought([code.strip()], number), now=NOON)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
