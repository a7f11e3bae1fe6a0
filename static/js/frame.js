/* Comforts every page shares. Each page works without this file. */
"use strict";

const menus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* Leave no trace of this page behind the back button. */
for (const link of document.querySelectorAll("[data-quick-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.documentElement.hidden = true;
    location.replace(link.href);
  });
}

/* A second tap on the same button sends nothing. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* What a phone keeps to be read without network (sheet-worker.js) goes away with who signs out, and
   when somebody else is about to sign in. */
const forget = async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  const workers = (await navigator.serviceWorker?.getRegistrations()) || [];
  for (const worker of workers) await worker.unregister();
};

if ("caches" in window) {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.getAttribute("action") !== "/sortir") return;
      event.preventDefault();
      forget().finally(() => form.submit());
    },
    true, // before the taps are counted
  );
  if (document.querySelector("[data-forget]")) forget();
}

/* A refused form starts at its list of problems. */
document.querySelector("[data-focus]")?.focus();
