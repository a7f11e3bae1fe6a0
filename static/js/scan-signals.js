/* A sound and a vibration for what was read and what was answered. Never the only sign of it. */
"use strict";

const signals = (() => {
  const TUNES = {
    read: [[1175, 0.07]],
    ok: [[880, 0.1], [1319, 0.18]],
    warn: [[587, 0.13], [587, 0.13]],
    bad: [[196, 0.35]],
  };
  const BUZZES = { read: [40], ok: [80], warn: [60, 70, 60], bad: [220, 90, 220] };
  const LOUDNESS = 0.18;
  let context;

  /* Browsers let a page make a sound only after a tap in it. */
  function wake() {
    if (!("AudioContext" in window)) return;
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
  }

  function sound(tune) {
    if (!context) return;
    let at = context.currentTime;
    for (const [pitch, seconds] of tune) {
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(LOUDNESS, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
      at += seconds;
    }
  }

  function give(kind) {
    document.documentElement.dataset.signal = kind;
    sound(TUNES[kind]);
    if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[kind]);
  }

  document.addEventListener("click", wake);
  return { give };
})();
