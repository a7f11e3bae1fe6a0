/* Keeps the sheets that were opened on this phone, with their static files, to open them again
   without network. Each says until when it may be kept; sign-out takes all of it away (frame.js).
   Nothing else of the site passes through here. */
"use strict";

const PAGES = "repit-sheets";
const FILES = "repit-sheet-files";
const UNTIL = "X-Keep-Until";
const SLOW_MS = 4000;
const SHEET = /\/creneaux\/[^/]+$/;

const isOver = (answer) => !(Date.parse(answer.headers.get(UNTIL)) > Date.now());

const purge = async () => {
  const pages = await caches.open(PAGES);
  for (const key of await pages.keys()) if (isOver(await pages.match(key))) await pages.delete(key);
};

/* A page without a date, one that is gone or not theirs: nothing of it stays. */
const remember = async (path, answer) => {
  if (answer.type === "opaqueredirect") return caches.delete(PAGES); // they are signed out
  const pages = await caches.open(PAGES);
  if (answer.ok && !isOver(answer)) return pages.put(path, answer);
  return pages.delete(path);
};

/* The page as it was, with the note that says so. */
const kept = async (path) => {
  await purge();
  const found = await (await caches.open(PAGES)).match(path);
  if (!found) return undefined;
  const headers = new Headers(found.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response((await found.text()).replace("data-kept hidden", "data-kept"), { headers });
};

const soon = (answer) => Promise.race([answer, new Promise((_done, late) => setTimeout(late, SLOW_MS, new Error("slow")))]);

const page = async (request, path) => {
  const network = fetch(request);
  let answer;
  try {
    answer = await soon(network);
  } catch {
    return (await kept(path)) || network;
  }
  if (answer.status >= 500) return (await kept(path)) || answer;
  await remember(path, answer.clone());
  return answer;
};

const file = async (request) => (await (await caches.open(FILES)).match(request)) || fetch(request);

/* What the open page is made of: it was read before this worker was there. */
const keep = async ({ path, files }) => {
  const there = await caches.open(FILES);
  for (const key of await there.keys()) if (!files.includes(key.url)) await there.delete(key);
  for (const name of files) if (!(await there.match(name))) await there.add(name);
  if (!(await (await caches.open(PAGES)).match(path))) await remember(path, await fetch(path, { redirect: "manual" }));
};

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(purge().then(() => clients.claim())));
addEventListener("message", (event) => event.waitUntil(keep(event.data)));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && SHEET.test(pathname)) event.respondWith(page(request, pathname));
});
