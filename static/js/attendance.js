/* Taps of a sheet: sent at once, or kept on the phone until there is a network. Without this
   file every tap is a plain form. A tap keeps its nonce and its time however often it is sent. */
"use strict";

const KEY = "repit.taps";
const ANSWER_MS = 15000;
const AGAIN_MS = 20000;
const sheet = document.querySelector("[data-sheet]");
const waiting = document.querySelector("[data-waiting]");
let sending = false;

const stored = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
};
const store = (taps) => localStorage.setItem(KEY, JSON.stringify(taps));
const mine = () => stored().filter((tap) => tap.owner === sheet.dataset.owner);
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

const say = (tap, words, tone) => {
  const line = person(tap)?.querySelector("[data-said]");
  if (!line) return;
  line.hidden = !words;
  line.textContent = words;
  line.dataset.tone = tone;
};

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
  const away = document.createElement("button");
  away.className = "button button--plain button--small";
  away.type = "button";
  away.textContent = sheet.dataset.drop;
  away.addEventListener("click", () => {
    drop(tap.fields.nonce);
    show();
  });
  item.append(why, away);
  return item;
};

const show = () => {
  const taps = mine().filter((tap) => tap.fields.offline);
  waiting.hidden = taps.length === 0;
  waiting.querySelector("ul").replaceChildren(...taps.map(line));
  for (const tap of taps) say(tap, tap.refused || sheet.dataset.waits, tap.refused ? "bad" : "wait");
};

const token = () => document.querySelector('[data-tap] [name="csrf_token"]')?.value || "";

/* Returns "done", "refused" or "away"; only an answer of ours in JSON counts as one. */
const send = async (tap) => {
  let answer;
  let said;
  try {
    answer = await fetch(tap.url, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ ...tap.fields, csrf_token: token() }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (answer.status >= 500 || answer.status === 401) throw new Error(String(answer.status));
    said = await answer.json();
  } catch {
    change(tap.fields.nonce, { fields: { ...tap.fields, offline: "y" } });
    if (answer?.status === 401) say(tap, sheet.dataset.signedOut, "bad");
    return "away";
  }
  if (said.done) {
    drop(tap.fields.nonce);
    return "done";
  }
  if (tap.fields.offline) change(tap.fields.nonce, { refused: said.said });
  else drop(tap.fields.nonce);
  say(tap, said.said, "bad");
  return "refused";
};

const sendAll = async () => {
  if (sending) return;
  sending = true;
  let done = 0;
  for (const tap of mine().filter((one) => !one.refused)) {
    const came = await send(tap);
    if (came === "away") break;
    if (came === "done") done += 1;
    else renew(tap);
  }
  sending = false;
  if (done && !mine().length) {
    location.reload();
    return;
  }
  show();
};

/* After a refusal the same button is another tap. */
const renew = (tap) => {
  for (const field of document.querySelectorAll(`[name="nonce"][value="${CSS.escape(tap.fields.nonce)}"]`)) field.value = nonce();
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
      say(tap, "", "");
      store([...stored(), tap]);
      sendAll();
    },
    true, // before the comfort of every page that counts taps
  );
  waiting.querySelector("[data-send]").addEventListener("click", sendAll);
  addEventListener("online", sendAll);
  setInterval(() => mine().some((tap) => !tap.refused) && sendAll(), AGAIN_MS);
  show();
  sendAll();
}
