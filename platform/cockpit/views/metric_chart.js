import { h } from "../page/dom.js";
import uPlot from "../page/uplot.js";

/** Steps of an axis of bytes. */
const POWERS = Array.from({ length: 40 }, (_, exponent) => 2 ** exponent);

/** Height of a chart in pixels, as in the style sheet, and its most lines. */
const HEIGHT = 150;
const MAX_LINES = 8;

/** Chart of some lines over time, with their last values below it. */
export class MetricChart {
  #chart;
  #plot;
  #frame = h("div", { class: "plot" });
  #legend = h("p", { class: "legend" });
  #empty;
  #lines = [];

  constructor(chart, signal) {
    this.#chart = chart;
    this.#empty = h("p", { class: "empty" }, chart.hint || "No value yet");
    this.#frame.append(this.#empty);
    this.element = h(
      "figure",
      {},
      h("figcaption", { title: chart.title }, chart.title),
      this.#frame,
      this.#legend,
    );
    const observer = new ResizeObserver(() => this.#plot?.setSize({ width: this.#width, height: HEIGHT }));
    observer.observe(this.#frame);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      this.#plot?.destroy();
    });
  }

  /** Shows the samples of the last seconds. */
  draw(samples, seconds) {
    const { id } = this.#chart;
    const end = samples.at(-1)?.time ?? Date.now();
    const start = end - seconds * 1000;
    const shown = samples.filter(({ time }) => time >= start);
    const names = [...new Set(shown.flatMap(({ charts }) => Object.keys(charts[id] ?? {})))].slice(
      0,
      MAX_LINES,
    );
    this.#empty.hidden = names.length > 0;
    this.#legend.replaceChildren(...this.#entries(shown.at(-1)?.charts[id] ?? {}, names));
    if (this.#width === 0) return;
    if (names.join("\n") !== this.#lines.join("\n")) this.#open(names);
    this.#plot?.setData([
      shown.map(({ time }) => time / 1000),
      ...names.map((name) => shown.map(({ charts }) => charts[id]?.[name] ?? null)),
    ], false);
    this.#plot?.setScale("x", { min: start / 1000, max: end / 1000 });
  }

  /** Takes the colours of the current scheme. */
  recolor() {
    this.#plot?.redraw(false, true);
  }

  get #width() {
    return this.#frame.clientWidth;
  }

  #open(names) {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#lines = names;
    if (names.length === 0) return;
    const format = (value) => formatValue(value, this.#chart.unit);
    const axis = {
      stroke: () => colorOf("text"),
      grid: { stroke: () => colorOf("grid"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    this.#plot = new uPlot(
      {
        width: this.#width,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, sync: { key: "metrics" } },
        scales: { x: { time: true }, y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [
          { ...axis, values: (_plot, ticks) => ticks.map(timeOf), space: 70, size: 28 },
          {
            ...axis,
            values: (_plot, ticks) => ticks.map(format),
            size: 64,
            ...(this.#chart.unit === "By" && { incrs: POWERS }),
          },
        ],
        series: [
          {},
          ...names.map((name, index) => ({
            label: name,
            stroke: () => colorOf(`line${index}`),
            width: 1.5,
            points: { show: true, size: 4, filter: isolated },
          })),
        ],
        hooks: {
          setCursor: [(plot) => this.#showAt(plot)],
        },
      },
      [[], ...names.map(() => [])],
      this.#frame,
    );
    // The text for those who cannot see it is the legend.
    this.#plot.root.setAttribute("aria-hidden", "true");
  }

  /** Shows the values under the cursor, and without one the last. */
  #showAt({ cursor: { idx }, data: [times, ...lines] }) {
    const index = idx ?? times.length - 1;
    const values = Object.fromEntries(this.#lines.map((name, line) => [name, lines[line]?.[index]]));
    this.#legend.replaceChildren(...this.#entries(values, this.#lines));
  }

  #entries(values, names) {
    return names.map((name, index) => {
      const value = values[name];
      const text = value === undefined || value === null ? "–" : formatValue(value, this.#chart.unit);
      return h("span", { class: `line${index}` }, `${name} `, h("b", {}, text));
    });
  }
}

/** Returns the indexes of values without neighbours, which no line would show. */
function isolated({ data }, series) {
  const values = data[series];
  const isThere = (index) => values[index] !== undefined && values[index] !== null;
  return [...values.keys()].filter((index) => isThere(index) && !isThere(index - 1) && !isThere(index + 1));
}

function timeOf(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

function formatValue(value, unit) {
  switch (unit) {
    case "s":
      return value >= 1 || value === 0 ? `${short(value)} s` : `${short(value * 1000)} ms`;
    case "By":
      return `${short(value / 1_048_576)} MiB`;
    case "/s":
      return `${short(value)}/s`;
    default:
      return short(value);
  }
}

function short(value) {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Probes for the colours of the style sheet, which a canvas does not know. */
const probes = new Map();

function colorOf(name) {
  let probe = probes.get(name);
  if (probe === undefined) probes.set(name, probe = h("span", { class: `probe ${name}`, hidden: true }));
  if (probe.parentElement !== document.body) document.body.append(probe);
  return getComputedStyle(probe).color;
}
