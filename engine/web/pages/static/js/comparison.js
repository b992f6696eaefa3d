// Draws the closes of a second market as a line, on a scale of per cent since the oldest candle in view.

import { LineSeries, LineStyle } from "../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs";
import { price } from "./format.js";
import { colour, onTheme } from "./theme.js";

const COLOUR = "line-2";

/** The line of a second market in a `chart`. `changed` is called when it comes, changes or goes. */
export class Comparison {
  #chart;
  #changed;
  #series;
  #name = "";
  #closes = new Map();

  constructor(chart, changed) {
    this.#chart = chart;
    this.#changed = changed;
    onTheme(() => this.#paint());
  }

  /** Whether there is a line. */
  get isShown() {
    return this.#series !== undefined;
  }

  /** Draws `rows` of the market `name`, in ascending order, with `time` (seconds) and `close`. */
  show(name, rows) {
    this.#series ??= this.#chart.addSeries(LineSeries, {
      lineWidth: 2, lineStyle: LineStyle.Solid, priceLineVisible: false, crosshairMarkerRadius: 3,
    });
    this.#name = name;
    this.#closes = new Map(rows.map(({ time, close }) => [time, close]));
    this.#series.applyOptions({ title: name });
    this.#series.setData(rows.map(({ time, close }) => (close === undefined ? { time } : { time, value: close })));
    this.#paint();
    this.#changed();
  }

  /** Removes the line. */
  clear() {
    if (this.#series) this.#chart.removeSeries(this.#series);
    this.#series = undefined;
    this.#closes.clear();
    this.#changed();
  }

  /** Returns the figure at `time` for the legend. */
  parts(time) {
    const close = this.#closes.get(time);
    return close === undefined ? [] : [[this.#name, price(close), COLOUR]];
  }

  #paint() {
    this.#series?.applyOptions({ color: colour(COLOUR) });
  }
}
