"""Load: wrk for HTTP, pgbench for the same transaction in three statements of raw SQL."""

import json
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.world import World
from tests.cast import AProvider

CLIENTS = (1, 8, 32)
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

# Every thread takes its own slice of the codes, in order, so that no code is brought twice.
_LUA = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args)
  codes = {}
  local all = tonumber(args[3])
  local line = 0
  for code in io.lines(args[1]) do
    if line % all == number then codes[#codes + 1] = code end
    line = line + 1
  end
  tokens = {}
  for token in io.lines(args[2]) do tokens[#tokens + 1] = token end
  math.randomseed(tonumber(args[4]) * 7919 + number)
  at, spent, failed = 0, 0, 0
end
local function hex(digits) return string.format("%0" .. digits .. "x", math.random(0, 16 ^ digits - 1)) end
function request()
  at = at + 1
  local code = codes[at]
  if not code then spent = 1; code = codes[1] end
  local id = hex(8) .. "-" .. hex(4) .. "-4" .. hex(3) .. "-8" .. hex(3) .. "-" .. hex(6) .. hex(6)
  local body = '{"id":"' .. id .. '","codes":["' .. code .. '"],"category":"babysitting",' ..
    '"service_on":"' .. SERVICE_ON .. '","minutes":60,"family_share_cents":0}'
  return wrk.format("POST", "/api/v1/redemptions", {
    ["Authorization"] = "Bearer " .. tokens[at % #tokens + 1],
    ["Content-Type"] = "application/json" }, body)
end
function response(status, headers, body)
  if status == 201 then return end
  failed = failed + 1
  if failed == 1 then io.stderr:write(status .. " " .. body .. "\\n") end
end
"""
DONE = """
function done(summary, latency, requests)
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"errors":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""

# One redemption as raw SQL: the row, the conditional voucher, the movement with both balances.
_PGBENCH = r"""
\set n :n + 1
\set voucher :first + :n * :clients_all + :client_id
BEGIN;
INSERT INTO redemption (id, programme_id, provider_id, device_id, parent_id, category, service_on,
  minutes, vouchers, amount_cents, family_share_cents, fingerprint, received_at, paid_by_on, undo_until)
  SELECT gen_random_uuid(), programme_id, :provider, :device, parent_id, 'babysitting', '2026-03-14', 60,
  1, 1000, 0, '\x00000000000000000000000000000000', now(), '2026-04-14', now() FROM voucher WHERE id = :voucher
  RETURNING id AS redemption \gset
UPDATE voucher SET state = 'redeemed', redemption_id = :redemption::uuid WHERE id = :voucher AND state = 'issued'
  RETURNING fund_id AS fund, parent_id % 8 AS stripe \gset
WITH side AS (SELECT id, kind FROM account WHERE stripe = :stripe AND fund_id = :fund
    AND ((kind = 'outstanding' AND provider_id IS NULL) OR (kind = 'payable' AND provider_id = :provider))
    ORDER BY id FOR UPDATE),
  moved AS (INSERT INTO transfer (kind, debit_id, credit_id, amount_cents, voucher_id, round, redemption_id,
    actor, at) SELECT 'redeem', o.id, p.id, 1000, :voucher, 0, :redemption::uuid, 'device:1', now()
    FROM side o, side p WHERE o.kind = 'outstanding' AND p.kind = 'payable')
UPDATE account SET debits_cents = debits_cents + CASE side.kind WHEN 'outstanding' THEN 1000 ELSE 0 END,
  credits_cents = credits_cents + CASE side.kind WHEN 'payable' THEN 1000 ELSE 0 END
  FROM side WHERE account.id = side.id;
COMMIT;
"""


@dataclass(frozen=True)
class Measured:
    """One run: how many a second, and latency in milliseconds."""

    per_second: float
    p50: float
    p99: float
    count: int


class Codes:
    """Hands out codes that nobody has brought yet."""

    def __init__(self, codes: Sequence[str]) -> None:
        """Start with all of them."""
        self._left = list(codes)

    def take(self, count: int) -> list[str]:
        """Return that many; they are gone.

        Raises:
            RuntimeError: the world was made too small for the load.
        """
        if count > len(self._left):
            raise RuntimeError(f"{count} codes wanted, {len(self._left)} left: issue more")
        taken, self._left = self._left[:count], self._left[count:]
        return taken


def redeem(
    address: str,
    codes: list[str],
    providers: list[AProvider],
    *,
    service_on: str,
    clients: int,
    seconds: int,
    seed: int,
) -> Measured:
    """Bring codes over HTTP for so long; every answer must be 201."""
    threads = min(2, clients)
    with tempfile.TemporaryDirectory(prefix="repit-bench-") as folder:
        script = Path(folder, "redeem.lua")
        script.write_text(f'SERVICE_ON = "{service_on}"\n{_LUA}{DONE}')
        Path(folder, "codes").write_text("\n".join(codes))
        Path(folder, "tokens").write_text("\n".join(one.token for one in providers))
        files = [f"{folder}/codes", f"{folder}/tokens", str(threads), str(seed)]
        found = wrk(address, script, clients, threads, seconds, files)
    if found["requests"] > len(codes):
        raise RuntimeError("the codes ran out")
    return measured(found)


def knock(address: str, *, clients: int, seconds: int) -> Measured:
    """Ask the route that does nothing."""
    with tempfile.TemporaryDirectory(prefix="repit-bench-") as folder:
        script = Path(folder, "null.lua")
        script.write_text(
            "wrk.method = 'POST'\nwrk.path = '/api/v1/redemptions'\nwrk.body = '{}'\n" + DONE
        )
        return measured(wrk(address, script, clients, min(2, clients), seconds, []))


def wrk(
    address: str, script: Path, clients: int, threads: int, seconds: int, arguments: list[str]
) -> dict[str, float]:
    command = [
        "wrk",
        "-t",
        str(threads),
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
        "--latency",
        "--timeout",
        "10s",
    ]
    run = subprocess.run(
        [*command, "-s", str(script), address, "--", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    line = next(line for line in run.stdout.splitlines() if line.startswith("RESULT "))
    found: dict[str, float] = json.loads(line.removeprefix("RESULT "))
    if found["errors"]:
        raise RuntimeError(f"{found['errors']:.0f} of {found['requests']:.0f} failed: {run.stderr}")
    return found


def measured(found: dict[str, float]) -> Measured:
    return Measured(
        per_second=found["requests"] / found["seconds"],
        p50=found["p50"],
        p99=found["p99"],
        count=int(found["requests"]),
    )


def pgbench(
    programs: Path, dsn: str, here: World, *, first: int, clients: int, seconds: int
) -> Measured:
    """Run the raw transaction for so long on vouchers from an id on."""
    values = {
        "n": 0,
        "first": first,
        "clients_all": clients,
        "provider": here.providers[0].id,
        "device": here.providers[0].device_id,
    }
    return run_pgbench(programs, dsn, _PGBENCH, values, clients=clients, seconds=seconds)


def run_pgbench(
    programs: Path,
    dsn: str,
    transaction: str,
    values: Mapping[str, int],
    *,
    clients: int,
    seconds: int,
) -> Measured:
    """Run a script for so long, its statements prepared.

    Raises:
        RuntimeError: it stopped, or one in a hundred failed.
    """
    with tempfile.TemporaryDirectory(prefix="repit-bench-") as folder:
        script = Path(folder, "transaction.sql")
        script.write_text(transaction)
        defines = [word for name, value in values.items() for word in ("-D", f"{name}={value}")]
        log = Path(folder, "log")
        run = subprocess.run(
            [
                str(programs / "pgbench"),
                "-n",
                "-M",
                "prepared",
                "-c",
                str(clients),
                "-j",
                str(min(2, clients)),
                "-T",
                str(seconds),
                "-f",
                str(script),
                *defines,
                "-l",
                f"--log-prefix={log}",
                dsn,
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise RuntimeError(run.stdout + run.stderr)
        lines = [
            line.split()
            for file in Path(folder).glob("log.*")
            for line in file.read_text().splitlines()
        ]
    failed = sum(line[2] == "failed" for line in lines)
    if failed > len(lines) / 100:
        raise RuntimeError(f"{failed} of {len(lines)} transactions failed:\n{run.stderr[-2000:]}")
    times = sorted(int(line[2]) / 1000 for line in lines if line[2] != "failed")
    tps = re.search(r"^tps = ([\d.]+)", run.stdout, re.MULTILINE)
    if tps is None or not times:
        raise RuntimeError(run.stdout + run.stderr)
    return Measured(
        float(tps[1]), times[len(times) // 2], times[int(len(times) * 0.99)], len(times)
    )
