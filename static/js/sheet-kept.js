/* Lets this phone open the sheet again without network, until its names must be gone; the worker
   does it. Without this file the sheet opens with a network alone. */
"use strict";

const lasting = document.querySelector("[data-worker]");

const keepHere = async () => {
  await navigator.serviceWorker.register(lasting.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const files = performance.getEntriesByType("resource").map(({ name }) => name);
  active.postMessage({ path: location.pathname, files: files.filter((name) => new URL(name).pathname.startsWith("/static/")) });
};

if (lasting && navigator.serviceWorker) {
  // The network may have gone with the page: again when it is back.
  addEventListener("load", () => keepHere().catch(() => addEventListener("online", keepHere, { once: true })));
  const left = Date.parse(lasting.dataset.until) - Date.now();
  if (left > 0) setTimeout(() => location.reload(), left); // otherwise this phone's clock is ahead
}
