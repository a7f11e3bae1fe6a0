/* Reads a QR code from a film or a photo: the browser's own reader where it has one for QR
   codes, else zxing-wasm from our own files, loaded only when the first picture is to be read. */
"use strict";

const codeReader = (() => {
  const LONGEST_SIDE = { film: [960], photo: [1600, 960] };
  let opening;

  /* Resolves to a function: (picture, "film" or "photo") → the text of the code, or null. */
  function open(paths) {
    opening ??= nativeReader(paths).then((native) => native ?? wasmReader(paths));
    opening.catch(() => { opening = undefined; });
    return opening;
  }

  /* The object may exist and read nothing, or throw: only a promise of `qr_code` counts. */
  async function nativeReader(paths) {
    if (!("BarcodeDetector" in window)) return null;
    try {
      const formats = await window.BarcodeDetector.getSupportedFormats();
      if (!formats.includes("qr_code")) return null;
    } catch {
      return null;
    }
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    document.documentElement.dataset.engine = "native";
    let other;
    return async (picture, kind) => {
      if (other) return (await other)(picture, kind);
      try {
        return (await detector.detect(picture))[0]?.rawValue ?? null;
      } catch {
        other = wasmReader(paths);
        return (await other)(picture, kind);
      }
    };
  }

  async function wasmReader(paths) {
    if (!window.ZXingWASM) await load(paths.engine);
    const overrides = { locateFile: () => paths.wasm };
    await window.ZXingWASM.prepareZXingModule({ overrides, fireImmediately: true });
    document.documentElement.dataset.engine = "wasm";
    const canvas = document.createElement("canvas");
    const pencil = canvas.getContext("2d", { willReadFrequently: true });
    const settings = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
    return async (picture, kind) => {
      for (const side of LONGEST_SIDE[kind]) {
        draw(canvas, pencil, picture, side);
        const data = pencil.getImageData(0, 0, canvas.width, canvas.height);
        const [found] = await window.ZXingWASM.readBarcodes(data, settings);
        if (found?.isValid && found.text) return found.text;
      }
      return null;
    };
  }

  function draw(canvas, pencil, picture, side) {
    const width = picture.videoWidth || picture.width;
    const height = picture.videoHeight || picture.height;
    const scale = Math.min(1, side / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    pencil.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }

  function load(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error(address));
      document.head.append(script);
    });
  }

  return { open };
})();
