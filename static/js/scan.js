/* The camera of a page, and the photo of a code. Opens from a tap, closes with the page. */
"use strict";

const scanner = (() => {
  const SAME_CODE_MS = 3000;
  const BETWEEN_FRAMES_MS = 120;
  const CHOICE = "camera";
  const TROUBLES = {
    NotAllowedError: "refused",
    SecurityError: "refused",
    NotFoundError: "missing",
    OverconstrainedError: "missing",
    NotReadableError: "busy",
    AbortError: "busy",
  };
  let session = null; // { form, stream, on }
  let resume = null;
  let last = { text: "", at: 0 };

  const part = (form, name) => form.querySelector(`[data-${name}]`);
  const say = (form, words) => { part(form, "say").textContent = words; };
  const paths = (form) => ({ engine: form.dataset.engine, wasm: form.dataset.wasm });

  async function start(form) {
    stop();
    const mine = (session = { form, stream: null, on: true });
    say(form, form.dataset.sayOpening);
    try {
      mine.stream = await film();
      const read = await codeReader.open(paths(form));
      if (!mine.on) return close(mine);
      await show(mine);
      say(form, form.dataset.saySearching);
      watch(mine, read);
    } catch (trouble) {
      stop();
      const kind = TROUBLES[trouble.name] ?? "broken";
      say(form, form.dataset[`say${kind[0].toUpperCase()}${kind.slice(1)}`]);
    }
  }

  async function film() {
    const chosen = remembered();
    const wanted = chosen ? { deviceId: { exact: chosen } } : { facingMode: { ideal: "environment" } };
    try {
      return await open({ ...wanted, width: { ideal: 1280 } });
    } catch (trouble) {
      if (!chosen || trouble.name !== "OverconstrainedError") throw trouble;
      remember("");
      return film();
    }
  }

  function open(video) {
    return navigator.mediaDevices.getUserMedia({ video, audio: false });
  }

  async function show({ form, stream }) {
    const video = form.querySelector("video");
    part(form, "viewer").hidden = false;
    part(form, "viewer").scrollIntoView({ block: "center" });
    part(form, "scan").hidden = true;
    video.srcObject = stream;
    await video.play();
    const [track] = stream.getVideoTracks();
    part(form, "torch").hidden = !track.getCapabilities?.().torch;
    part(form, "other-camera").hidden = (await cameras()).length < 2;
  }

  async function cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput");
  }

  async function watch(mine, read) {
    const video = mine.form.querySelector("video");
    while (mine.on) {
      if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        const text = await read(video, "film").catch(() => null);
        if (text && mine.on) found(mine.form, text);
      }
      await new Promise((done) => setTimeout(done, BETWEEN_FRAMES_MS));
    }
  }

  /* A code still in view is not another code. */
  function found(form, text) {
    const now = performance.now();
    const same = text === last.text && now - last.at < SAME_CODE_MS;
    last = { text, at: now };
    if (same) return;
    if (isKnown(form, text)) return say(form, form.dataset.sayKnown);
    signals.give("read");
    stop();
    say(form, form.dataset.sayFound);
    form.elements.typed.value = text;
    form.requestSubmit();
  }

  const bare = (text) => text.replace(/^.*\/v\//i, "").replace(/[\s-]/g, "").toUpperCase();

  function isKnown(form, text) {
    const codes = [...form.querySelectorAll("input[name=code]")];
    return codes.some((code) => bare(code.value) === bare(text));
  }

  function close({ stream }) {
    for (const track of stream?.getTracks() ?? []) track.stop();
  }

  function stop() {
    if (!session) return;
    const { form } = session;
    session.on = false;
    close(session);
    session = null;
    form.querySelector("video").srcObject = null;
    part(form, "viewer").hidden = true;
    part(form, "scan").hidden = false;
    say(form, "");
  }

  async function torch(button) {
    const [track] = session.stream.getVideoTracks();
    const lit = button.getAttribute("aria-pressed") !== "true";
    await track.applyConstraints({ advanced: [{ torch: lit }] });
    button.setAttribute("aria-pressed", String(lit));
  }

  async function otherCamera() {
    const { form, stream } = session;
    const ids = (await cameras()).map((device) => device.deviceId);
    const now = ids.indexOf(stream.getVideoTracks()[0].getSettings().deviceId);
    remember(ids[(now + 1) % ids.length]);
    start(form);
  }

  /* A private window may refuse to remember; the choice then lasts as long as the page. */
  let choice = "";
  function remember(id) {
    choice = id;
    try { localStorage.setItem(CHOICE, id); } catch { return; }
  }
  function remembered() {
    try { return localStorage.getItem(CHOICE) ?? choice; } catch { return choice; }
  }

  async function photo(form, file) {
    if (!file) return;
    stop();
    say(form, form.dataset.sayReading);
    try {
      const read = await codeReader.open(paths(form));
      const text = await read(await createImageBitmap(file), "photo");
      if (text) return found(form, text);
      say(form, form.dataset.sayNothing);
    } catch {
      say(form, form.dataset.sayNothing);
    }
    signals.give("warn");
  }

  function reveal() {
    for (const live of document.querySelectorAll("[data-live]")) live.hidden = false;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const form = button?.closest("[data-reader]");
    if (!form) return;
    if ("scan" in button.dataset) start(form);
    if ("stop" in button.dataset) stop();
    if ("torch" in button.dataset) torch(button);
    if ("otherCamera" in button.dataset) otherCamera();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-photo]")) return;
    photo(event.target.closest("[data-reader]"), event.target.files[0]);
    event.target.value = "";
  });
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      resume = session?.form ?? null;
      stop();
    } else if (resume?.isConnected) {
      start(resume);
    }
  });
  reveal();
  return { reveal, stop };
})();
