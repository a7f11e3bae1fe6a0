/* Taps of a sheet: sent at once, or kept on the phone until there is a network. Without this
   file every tap is a plain form. A tap keeps its nonce and its time however often it is sent. */
"use strict";

const KEY = "repit.taps";
const ANSWER_MS = 15000;
const AGAIN_MS = 20000;
const sheet = document.querySelector("[data-sheet]");
const waiting = document.querySelector("[data-waiting]");
let sending = false;
let again = false;

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
};
const store = (taps) => localStorage.setItem(KEY, JSON.stringify(taps));
const mine = () => stored().filter((tap) => tap.owner === sheet.dataset.owner);
const unsent = () => mine().filter((tap) => !tap.refused || tap.report);
/* What is shown: a tap that went out at once and was answered at once never is. */
const kept = () => mine().filter((tap) => tap.waited || tap.refused);
const change = (nonce, about) => store(stored().map((tap) => (tap.fields.nonce === nonce ? { ...tap, ...about } : tap)));
const drop = (nonce) => store(stored().filter((tap) => tap.fields.nonce !== nonce));

/* Not `randomUUID`: a phone on the office's own network may be without https. */
const nonce = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const person = (tap) => document.querySelector(`[data-person="${CSS.escape(tap.fields.place || tap.fields.booking)}"]`);

const said = (words, tone) => {
  const line = document.createElement("span");
  line.textContent = words;
  line.dataset.tone = tone;
  return line;
};

/* On the card of a person: every gesture of theirs that waits or was refused, and one answer more. */
const onCard = (about, ...more) => {
  const line = about?.querySelector("[data-said]");
  if (!line) return;
  const taps = kept().filter((tap) => person(tap) === about);
  const words = taps.map((tap) => said(`${clock(tap.fields.at)} · ${tap.label} · ${tap.refused || sheet.dataset.waits}`, tap.refused ? "bad" : "wait"));
  line.replaceChildren(...words, ...more);
  line.hidden = !line.childElementCount;
};
const say = (tap, words) => onCard(person(tap), ...(words ? [said(words, "bad")] : []));

const clock = (moment) => new Date(moment).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

const line = (tap) => {
  const item = document.createElement("li");
  const name = person(tap)?.querySelector("h2, h3")?.firstElementChild?.textContent;
  const words = document.createElement("span");
  words.textContent = name ? `${clock(tap.fields.at)} · ${tap.label} · ${name}` : `${clock(tap.fields.at)} · ${sheet.dataset.elsewhere}`;
  item.append(words);
  if (!tap.refused) return item;
  const why = document.createElement("span");
  why.className = "refused";
  why.textContent = tap.refused;
  item.append(why);
  if (tap.report) return item; // goes away once it is with us
  const away = document.createElement("button");
  away.className = "button button--plain button--small";
  away.type = "button";
  away.textContent = sheet.dataset.drop;
  away.addEventListener("click", () => {
    drop(tap.fields.nonce);
    show();
  });
  item.append(away);
  return item;
};

/* A child that arrived by a tap that waits may leave by the next one: its form is in the page. */
const letLeave = (tap) => {
  const about = tap.fields.kind === "arrived" && person(tap);
  const form = about && about.querySelector("template[data-then=arrived]");
  if (form) form.replaceWith(form.content);
};

const show = () => {
  const taps = kept();
  waiting.hidden = taps.length === 0;
  waiting.querySelector("ul").replaceChildren(...taps.map(line));
  taps.filter((tap) => !tap.refused).forEach(letLeave);
  document.querySelectorAll("[data-person]").forEach((about) => onCard(about));
};

/* A sheet that was kept on the phone may be older than its token: the network gives a new one. */
let fresh = "";
const tokenIn = (page) => page.querySelector('[name="csrf_token"]')?.value || "";
const token = async () => {
  if (!document.querySelector("[data-kept]:not([hidden])")) return tokenIn(document);
  if (!fresh) {
    const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(ANSWER_MS) });
    fresh = tokenIn(new DOMParser().parseFromString(await answer.text(), "text/html"));
  }
  return fresh;
};

/* Returns "done", "refused", "reported", "away" or "signed-out"; only our own JSON is an answer. */
const send = async (tap) => {
  let answer;
  let said;
  try {
    answer = await fetch(tap.url, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ ...tap.fields, sent: new Date().toISOString(), csrf_token: await token() }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status >= 500 || answer.status === 401) throw new Error(String(answer.status));
    said = await answer.json();
  } catch {
    // What was noted since waits behind it, and was noted without network too.
    const now = new Set(unsent().map((one) => one.fields.nonce));
    store(stored().map((one) => (now.has(one.fields.nonce) ? { ...one, waited: true, fields: { ...one.fields, offline: "y" } } : one)));
    return answer?.status === 401 ? "signed-out" : "away";
  }
  if (said.done || tap.report) {
    if (tap.waited && tap.report) change(tap.fields.nonce, { report: false });
    else drop(tap.fields.nonce);
    return tap.report ? "reported" : "done";
  }
  if (tap.waited) change(tap.fields.nonce, { refused: said.said });
  else drop(tap.fields.nonce);
  tap.answer = said.said;
  return "refused";
};

const sendAll = async () => {
  if (sending) {
    again = true; // the network came back while a tap was failing
    return;
  }
  sending = true;
  again = false;
  let done = 0;
  let last;
  const told = [];
  for (let [tap] = unsent(); tap; [tap] = unsent()) {
    last = await send(tap);
    if (last === "away" || last === "signed-out") break;
    if (last === "done") done += 1;
    else renew(tap);
    if (last !== "done") told.push(tap);
  }
  sending = false;
  if (again && last === "away") return sendAll();
  if (done && !unsent().length && !told.some((tap) => tap.answer && !tap.waited)) {
    location.reload(); // what was refused while it waited is still kept, and shown again
    return;
  }
  show();
  for (const tap of told) if (!tap.waited) say(tap, tap.answer || tap.refused);
  if (last === "signed-out") unsent().forEach((tap) => say(tap, sheet.dataset.signedOut));
};

/* After a refusal the same button is another tap. */
const renew = (tap) => {
  for (const field of document.querySelectorAll(`[name="nonce"][value="${CSS.escape(tap.fields.nonce)}"]`)) field.value = nonce();
};

/* Why the phone itself refuses a hand-over, by the names on its page; undefined when it does not. */
const refusalOf = (form, fields) => {
  if (!form.dataset.refusals) return undefined;
  const { never, decided, doubtful, parent, may, said: words, doubt } = JSON.parse(form.dataset.refusals);
  const name = { parent, another: fields.person_name, ...may }[fields.whom] || "";
  if (!likeness.fold(name)) return undefined;
  const put = (sentence) => sentence.replaceAll("{name}", () => name.trim());
  const blocked = (names) => names.some((one) => likeness.same(one, name));
  if (likeness.same(parent, name)) return blocked(decided) ? put(words) : undefined;
  if (Object.values(may).some((one) => likeness.same(one, name))) return blocked(never) ? put(words) : undefined;
  if (never.some((one) => likeness.mayBeOne(one, name))) return put(words);
  return !fields.cleared && doubtful.some((one) => likeness.looksLike(one, name)) ? put(doubt) : undefined;
};

if (sheet && waiting) {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target.closest("[data-tap]");
      if (!form) return;
      event.preventDefault();
      const { csrf_token: _token, ...fields } = Object.fromEntries(new FormData(form));
      if (stored().some((tap) => tap.fields.nonce === fields.nonce)) return;
      const tap = { url: form.action, label: form.dataset.label, owner: sheet.dataset.owner, fields: { ...fields, at: new Date().toISOString() } };
      const refused = refusalOf(form, fields);
      if (refused) Object.assign(tap, { refused, report: true, fields: { ...tap.fields, refused_there: "y" } });
      tap.waited = sending || unsent().length > 0;
      store([...stored(), tap]);
      show();
      if (refused) renew(tap);
      sendAll();
    },
    true, // before the comfort of every page that counts taps
  );
  waiting.querySelector("[data-send]").addEventListener("click", sendAll);
  addEventListener("online", sendAll);
  setInterval(() => unsent().length && sendAll(), AGAIN_MS);
  show();
  sendAll();
}
