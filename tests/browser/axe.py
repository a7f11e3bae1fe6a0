"""What a page does wrong to somebody: axe's rules, clipped words, targets too small to hit."""

from functools import cache

from playwright.sync_api import Page

from repit.settings import ROOT

SOURCE = ROOT / ".setup" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
UNFOLD = """() => document.querySelectorAll("main details").forEach(one => one.open = true)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"
SMALL_TARGETS = """() => {
  const wanted = "main :is(a, button, select, textarea, summary, input:not([type=hidden]))";
  const inLabel = one => one.closest("label, .choice, .tick");
  return [...document.querySelectorAll(wanted)]
    .filter(one => getComputedStyle(one).display !== "inline" && !inLabel(one))
    .map(one => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && box.height && box.height < 43.5)
    .map(([one, box]) => `${Math.round(box.height)}px: ${(one.textContent || one.name).trim()}`);
}"""


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """Return what is wrong with the page that is open, folded parts unfolded."""
    page.evaluate(UNFOLD)
    page.evaluate(_source())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    wrong = [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
    too_wide = page.evaluate(TOO_WIDE)
    if too_wide > 0:
        wrong.append(f"{too_wide}px too wide")
    return wrong + [f"small target, {one}" for one in page.evaluate(SMALL_TARGETS)]
