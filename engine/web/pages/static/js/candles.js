// Draws candles and volumes with TradingView's Lightweight Charts.

import {
  CandlestickSeries, ColorType, createChart, CrosshairMode, PriceScaleMode,
} from "../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs";
import { axis } from "./axis.js";
import { Comparison } from "./comparison.js";
import { change, decimals, price } from "./format.js";
import { legend, write } from "./legend.js";
import { Lines } from "./lines.js";
import { colour, onTheme } from "./theme.js";
import { Volumes } from "./volumes.js";
import { onZone } from "./zone.js";

const SHOWN = 120;

/**
 * A chart in `panel`. A candle has `time` (Unix seconds), `open`, `high`, `low`, `close` and `volume`, which is
 * null if unknown. A candle with a time only is a gap, and is shown as one.
 */
export class Candles {
  #box;
  #legend;
  #chart;
  #prices;
  #volumes;
  #rows = [];
  #at = -1;
  #hovered;
  #isMoving = false;
  #hasTimes = true;
  #isLog = false;

  constructor(panel) {
    this.#box = panel.querySelector("[data-candles]");
    this.#legend = panel.querySelector("[data-legend]");
    this.#chart = createChart(this.#box, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      layout: { attributionLogo: false, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11 },
      localization: { percentageFormatter: change },
      timeScale: { secondsVisible: false, rightOffset: 4 },
      kineticScroll: { mouse: false, touch: !matchMedia("(prefers-reduced-motion: reduce)").matches },
    });
    this.#prices = this.#chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.#volumes = new Volumes(this.#chart);
    /** The indicators over and under the candles. */
    this.lines = new Lines(this.#chart, this.#box, () => this.#describe(this.#rows[this.#at] ?? this.#last()));
    /** A second market beside the candles. */
    this.comparison = new Comparison(this.#chart, () => this.#scale());
    this.#chart.subscribeCrosshairMove(({ time }) => {
      this.#hovered = time;
      this.#describe(this.#find(time));
    });
    this.#box.addEventListener("keydown", (event) => this.#step(event));
    this.#box.addEventListener("blur", () => this.#leave());
    onTheme(() => this.#paint());
    onZone(() => this.#date());
    this.#date();
    this.#paint();
  }

  /** Shows `rows` in ascending order. `anew`: they belong to another market, so the view moves to the newest. */
  show(rows, { anew, hasTimes }) {
    const isFirst = anew || !this.#rows.length;
    if (isFirst) this.#isMoving = true; // until the next frame, the view has the place of the market before
    this.#rows = rows;
    const real = rows.filter((row) => "close" in row);
    const digits = decimals(Math.min(...real.slice(-SHOWN).map((row) => row.low)));
    this.#prices.applyOptions({
      priceFormat: { type: "price", precision: digits, minMove: 10 ** -digits },
    });
    this.#chart.applyOptions({ localization: { priceFormatter: (value) => price(value, digits) } });
    if (hasTimes !== this.#hasTimes) {
      this.#hasTimes = hasTimes;
      this.#date();
    }
    this.#prices.setData(rows);
    this.#volumes.show(rows);
    if (isFirst) this.#lookAtNewest();
    this.#box.setAttribute("aria-valuemax", String(Math.max(0, rows.length - 1)));
    if (this.#at >= rows.length || anew) this.#leave();
    if (this.#at < 0) this.#describe(this.#last());
  }

  /** Shows `rows` of the same market, of which only the last one has changed, or one was added. */
  update(rows) {
    const row = rows.at(-1);
    this.#rows = rows;
    this.#prices.update(row);
    this.#volumes.update(row);
    this.#box.setAttribute("aria-valuemax", String(rows.length - 1));
    if (this.#at < 0) this.#describe(this.#find(this.#hovered), { isQuiet: document.activeElement === this.#box });
  }

  /** Shows nothing. */
  clear() {
    this.#rows = [];
    this.#prices.setData([]);
    this.#volumes.show([]);
    this.lines.clear();
    this.#leave();
  }

  /** Whether prices are on a logarithmic scale; beside a second market they are in per cent. */
  set isLog(isLog) {
    this.#isLog = isLog;
    this.#scale();
  }

  /** Returns a picture of the chart: a canvas. */
  picture() {
    return this.#chart.takeScreenshot();
  }

  /** Calls `wanted` when a user scrolls to the left of the oldest candle. */
  onOlder(wanted) {
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range && range.from < 0 && this.#rows.length && !this.#isMoving) wanted();
    });
  }

  #scale() {
    const mode = this.comparison?.isShown ? PriceScaleMode.Percentage
      : this.#isLog ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal;
    this.#chart.priceScale("right").applyOptions({ mode });
    this.#describe(this.#rows[this.#at] ?? this.#last());
  }

  #date() {
    this.#chart.applyOptions(axis(this.#hasTimes));
    this.#describe(this.#rows[this.#at] ?? this.#last());
  }

  #lookAtNewest() {
    const count = Math.min(SHOWN, Math.max(30, Math.round(this.#box.clientWidth / 8)));
    this.#chart.timeScale().setVisibleLogicalRange({
      from: this.#rows.length - count, to: this.#rows.length + 3,
    });
    requestAnimationFrame(() => { this.#isMoving = false; }); // after the chart's own frame, which moves the view
  }

  #paint() {
    const line = { color: colour("line-faint") };
    this.#chart.applyOptions({
      layout: { background: { type: ColorType.Solid, color: colour("surface") }, textColor: colour("muted") },
      grid: { vertLines: line, horzLines: line },
      rightPriceScale: { borderColor: colour("line") },
      timeScale: { borderColor: colour("line") },
    });
    const [up, down] = [colour("up"), colour("down")];
    this.#prices.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    this.#volumes.show();
  }

  #step(event) {
    const last = this.#rows.length - 1;
    const from = this.#at < 0 ? last + 1 : this.#at;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#isMoving = false;
    this.#at = Math.min(last, Math.max(0, to));
    const row = this.#rows[this.#at];
    const range = this.#chart.timeScale().getVisibleLogicalRange();
    if (this.#at < range.from || this.#at > range.to) {
      this.#chart.timeScale().scrollToPosition(this.#at - last, false);
    }
    this.#chart.setCrosshairPosition(row.close ?? 0, row.time, this.#prices);
    this.#describe(row);
  }

  #leave() {
    this.#at = -1;
    this.#chart.clearCrosshairPosition();
    this.#describe(this.#last());
  }

  #find(time) {
    return (time === undefined ? undefined : this.#rows.find((row) => row.time === time)) ?? this.#last();
  }

  #last() {
    return this.#rows.at(-1);
  }

  /** Writes the figures of a row. `isQuiet`: not for screen readers, which would read each change. */
  #describe(row, { isQuiet = false } = {}) {
    const more = row ? [...(this.comparison?.parts(row.time) ?? []), ...this.lines.parts(row.time)] : [];
    const parts = row ? [...legend(row, this.#hasTimes), ...more] : [];
    write(this.#legend, parts);
    if (isQuiet) return;
    this.#box.setAttribute("aria-valuenow", String(row ? this.#rows.indexOf(row) : 0));
    this.#box.setAttribute("aria-valuetext", parts.map(([label, value]) => `${label} ${value}`.trim()).join(", "));
  }
}
