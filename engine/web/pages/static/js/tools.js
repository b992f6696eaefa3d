// The tools of a chart: a logarithmic scale, which is in the page's URL, the full screen, and a picture to keep.

import { go, looked, onReturn } from "./place.js";
import { colour } from "./theme.js";

const HEAD = 34;
const LOG = "log";

/** Starts the tools in `panel`. `title` returns what is on show. */
export function startTools(panel, candles, title) {
  const [log, full, picture] = ["log", "full", "picture"].map((name) => panel.querySelector(`[data-tool=${name}]`));

  function scale() {
    const isLog = looked().scale === LOG;
    candles.isLog = isLog;
    log.setAttribute("aria-pressed", String(isLog));
  }

  log.addEventListener("click", () => {
    go({ scale: looked().scale === LOG ? "" : LOG });
    scale();
  });
  onReturn(scale);
  scale();

  full.hidden = !document.fullscreenEnabled;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : panel.requestFullscreen()));
  document.addEventListener("fullscreenchange", () => {
    full.setAttribute("aria-pressed", String(document.fullscreenElement === panel));
  });

  picture.addEventListener("click", () => {
    const note = panel.querySelector("[data-chart-note]").textContent;
    drawn(candles.picture(), title(), note).toBlob((blob) => save(blob, `${title().replace(/[^\w]+/g, "-")}.png`));
  });
}

/** Returns a picture of the chart with what it shows and where it is from, since it leaves the page. */
function drawn(chart, title, note) {
  const canvas = document.createElement("canvas");
  const ratio = window.devicePixelRatio;
  canvas.width = chart.width;
  canvas.height = chart.height + 2 * HEAD * ratio;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour("surface");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(chart, 0, HEAD * ratio);
  pen.scale(ratio, ratio);
  const font = getComputedStyle(document.body).fontFamily;
  const write = (text, weight, size, y, ink) => {
    pen.font = `${weight} ${size}px ${font}`;
    pen.fillStyle = colour(ink);
    pen.fillText(text, 12, y, canvas.width / ratio - 24);
  };
  write(title, 650, 15, 22, "text");
  write(`${location.host} · ${note}`, 400, 11, canvas.height / ratio - 12, "muted");
  return canvas;
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
