// Draws indicators over the candles of a chart, and in panes under them.

import { HistogramSeries, LineSeries, LineStyle } from "../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs";
import { price } from "./format.js";
import { colour, onTheme } from "./theme.js";

const COLOURS = 8;
const CANDLES = 380; // the height of the candles, of which a pane under them has a part
const PANE = 110;
const NOT_DRAWN = ["direction"];
const BARS = ["histogram"];
const POINTS = ["psar"];

/** The lines of indicators in a `chart` inside `box`. `changed` is called when their values at a time change. */
export class Lines {
  #chart;
  #box;
  #changed;
  #drawn = [];
  #values = new Map();

  constructor(chart, box, changed) {
    this.#chart = chart;
    this.#box = box;
    this.#changed = changed;
    onTheme(() => this.#paint());
  }

  /**
   * Draws `indicators`: each has its `key`, its `outputs`, and whether it is an `overlay`. `rows` are those of
   * an answer of the engine.
   */
  show(indicators, rows) {
    const wanted = JSON.stringify(indicators.map(({ key, outputs }) => [key, outputs]));
    if (wanted !== this.#box.dataset.indicators) {
      this.clear();
      this.#box.dataset.indicators = wanted;
      this.#add(indicators);
    }
    for (const line of this.#drawn) line.series.setData(rows.map((row) => point(row, line)));
    this.#values = new Map(rows.map((row) => [row.timestamp / 1000, row]));
    this.#paint();
    this.#changed();
  }

  /** Removes all lines. */
  clear() {
    for (const { series } of this.#drawn) this.#chart.removeSeries(series);
    this.#drawn = [];
    this.#values.clear();
    delete this.#box.dataset.indicators;
    this.#box.style.removeProperty("--panes");
    this.#changed();
  }

  /** Returns the legend of the candle at `time` (seconds): a label, a value and a class for each line. */
  parts(time) {
    const row = this.#values.get(time);
    if (!row) return [];
    return this.#drawn.map((line) => [label(line), price(point(row, line).value), `line-${line.place}`]);
  }

  #add(indicators) {
    let panes = 0;
    for (const { key, outputs, overlay } of indicators) {
      const pane = overlay ? 0 : (panes += 1);
      for (const output of outputs.filter((each) => !NOT_DRAWN.includes(each))) {
        const place = (this.#drawn.length % COLOURS) + 1;
        const series = this.#chart.addSeries(BARS.includes(output) ? HistogramSeries : LineSeries, options(output), pane);
        this.#drawn.push({ key, output, outputs, place, series });
      }
    }
    this.#box.style.setProperty("--panes", String(panes));
    this.#chart.panes().forEach((pane, place) => pane.setStretchFactor(place ? PANE : CANDLES));
  }

  #paint() {
    for (const { place, series } of this.#drawn) series.applyOptions({ color: colour(`line-${place}`) });
    this.#chart.applyOptions({ layout: { panes: { separatorColor: colour("line"), enableResize: false } } });
  }
}

function options(output) {
  const common = { lastValueVisible: false, priceLineVisible: false, crosshairMarkerVisible: false };
  const format = { priceFormat: { type: "price", minMove: 1e-10, precision: 10 } };
  if (POINTS.includes(output)) return { ...common, ...format, lineVisible: false, pointMarkersVisible: true, pointMarkersRadius: 1.5 };
  return { ...common, ...format, lineWidth: 1.5, lineStyle: LineStyle.Solid };
}

function point(row, { key, output, outputs }) {
  const value = outputs.length > 1 ? row[key][output] : row[key];
  const time = row.timestamp / 1000;
  return value === null ? { time } : { time, value };
}

const label = ({ key, output, outputs }) => (outputs.length > 1 ? `${key} ${output}` : key);
