/* While the code is on the screen, ask now and then whether it was used. */
"use strict";

const shown = document.querySelector("[data-shown]");
const EVERY = 4000;

async function ask() {
  if (document.hidden) return;
  try {
    const answer = await fetch(shown.dataset.shown, { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== shown.dataset.state) location.reload();
  } catch {
    // No network for a moment: the next turn asks again, and the link stays.
  }
}

if (shown) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
