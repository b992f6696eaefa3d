// Draws volumes under the candles, in the colour of each candle.

import { HistogramSeries } from "../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs";
import { colour } from "./theme.js";

/** The volumes in a `chart`. Those that are unknown are left out. */
export class Volumes {
  #series;
  #rows = [];
  #colours;

  constructor(chart) {
    this.#series = chart.addSeries(HistogramSeries, {
      priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false,
    });
    this.#series.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
  }

  /** Shows the volumes of `rows`, in the current colours. */
  show(rows = this.#rows) {
    this.#rows = rows;
    this.#colours = { up: colour("volume-up"), down: colour("volume-down") };
    this.#series.setData(rows.map((row) => this.#point(row)));
  }

  /** Shows the volume of the last row, which has changed or was added. */
  update(row) {
    this.#series.update(this.#point(row));
  }

  #point({ time, volume, open, close }) {
    if (typeof volume !== "number") return { time };
    return { time, value: volume, color: close >= open ? this.#colours.up : this.#colours.down };
  }
}
