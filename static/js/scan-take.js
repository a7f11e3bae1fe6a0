/* Sends what was read and what is taken without leaving the page, so that the answer can sound;
   and works out the sums while somebody types. A repeated send is harmless: the page made the
   id of the redemption before it was sent. */
"use strict";

(() => {
  const LONGEST_WAIT_MS = 20_000;
  const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });

  const words = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-reader], [data-look], [data-take]")) return;
    event.preventDefault();
    if (!form.dataset.sending) send(form, event.submitter);
  });

  async function send(form, button) {
    form.dataset.sending = "yes";
    const say = form.querySelector("[data-say]");
    if (form.dataset.saySending) say.textContent = form.dataset.saySending;
    button?.setAttribute("aria-disabled", "true");
    try {
      const answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "text/html" },
        signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) return location.assign(elsewhere);
      show(await answer.text(), answer.url);
    } catch {
      say.textContent = form.dataset.sayLost;
      signals.give("warn");
      button?.removeAttribute("aria-disabled");
      delete form.dataset.sending;
      delete form.dataset.sent; // set by frame.js
    }
  }

  function show(page, address) {
    const next = new DOMParser().parseFromString(page, "text/html");
    scanner.stop();
    document.title = next.title;
    document.querySelector("main").replaceWith(next.querySelector("main"));
    if (address !== location.href) history.pushState(null, "", address);
    scrollTo(0, 0);
    scanner.reveal();
    prepare();
    const result = document.querySelector("[data-result]");
    if (result) signals.give(result.dataset.result);
    (document.querySelector("[data-focus]") ?? document.querySelector("main")).focus();
  }

  addEventListener("popstate", () => location.reload());

  /* What the answers of the form come to. */
  function priceOf(form) {
    const chosen = form.elements.category?.value;
    const found = [...form.querySelectorAll("[data-price-of]")].find((one) => one.dataset.priceOf === chosen);
    if (!found) return null;
    const { unit, price, share } = found.dataset;
    return { unit, price: Number(price), share: Number(share) };
  }

  const number = (field) => Number(field?.value || 0);

  function perUnit(cents, unit, form) {
    if (unit === "session") return cents * number(form.elements.sessions);
    const minutes = number(form.elements.hours) * 60 + number(form.elements.minutes);
    return Math.ceil((cents * minutes) / 60);
  }

  function work(form) {
    const price = priceOf(form);
    for (const asked of form.querySelectorAll("[data-counts]")) {
      asked.hidden = Boolean(price) && asked.dataset.counts !== price.unit;
    }
    const { vouchers, face, amount } = form.dataset;
    const taken = form.elements.take ? number(form.elements.take) : Number(vouchers);
    const paid = taken === Number(vouchers) ? Number(amount) : taken * Number(face);
    form.querySelector(".button--big span").textContent = words(form.dataset.sayButton, { euros: euros.format(paid / 100) });
    const cost = price ? perUnit(price.price, price.unit, form) : 0;
    hint(form, price, cost, paid);
    form.querySelector("[data-say]").textContent = sum(form, cost, taken, paid, Number(face));
  }

  /* Too many vouchers are refused; too few are the provider's loss: said before, either way. */
  function sum(form, cost, taken, paid, face) {
    const count = Math.floor(cost / face);
    const covered = paid + cents(form.elements.family_share);
    const shown = (amount) => euros.format(amount / 100);
    if (cost > 0 && paid > cost) return words(form.dataset.sayEnough, { cost: shown(cost), count });
    if (covered >= cost) return "";
    const short = words(form.dataset.sayShort, { cost: shown(cost), paid: shown(covered), rest: shown(cost - covered) });
    return count > taken ? `${short} ${words(form.dataset.sayMore, { count })}` : short;
  }

  /* « 1,50 » as the field takes it; what it would refuse counts for nothing yet. */
  function cents(field) {
    const typed = Number((field?.value ?? "").replace(/[\s€]/g, "").replace(",", "."));
    return Number.isFinite(typed) ? Math.round(typed * 100) : 0;
  }

  function hint(form, price, cost, paid) {
    const place = form.querySelector("[data-share-field] .hint");
    place.dataset.before ??= place.textContent;
    if (!cost) {
      place.textContent = place.dataset.before;
      return;
    }
    const most = Math.max(0, Math.min(perUnit(price.share, price.unit, form), cost - paid));
    place.textContent = words(form.dataset.sayAtMost, { euros: euros.format(most / 100) });
  }

  function prepare() {
    const form = document.querySelector("[data-take]");
    if (form) work(form);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-take]");
    if (form) work(form);
  });
  prepare();
})();
