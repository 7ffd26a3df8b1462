import { h } from "../page/dom.js";

/** Number of samples that are shown: ten minutes, as the program keeps. */
const MAX_SAMPLES = 600;

/** Seconds that the charts show, by the choice of the user. */
const RANGES = [["60", "1 minute"], ["300", "5 minutes"], ["600", "10 minutes"]];

/** Charts of what the program measures, while they are shown. */
export const metricsView = {
  name: "metrics",
  title: "Metrics",
  show: showMetrics,
};

async function showMetrics(main, _parts, signal, query) {
  // Loaded with the first of these pages.
  const { MetricChart } = await import("./metric_chart.js");
  const state = { range: Number(query.get("range") ?? 60), isPaused: false };
  const first = h("div", { class: "charts" });
  const others = h("div", { class: "charts" });
  const status = h("p", { role: "status", class: "sampling" }, "Connecting");
  const pause = h("button", { type: "button", "aria-pressed": "false" }, "Pause");
  const more = h("details", {}, h("summary", { class: "item" }, "All other metrics"), others);
  const charts = new Map();
  let samples = [];

  function draw() {
    if (state.isPaused || signal.aborted) return;
    for (const chart of charts.values()) chart.draw(samples, state.range);
  }

  function update({ charts: list, samples: later }) {
    for (const chart of list ?? []) {
      if (charts.has(chart.id)) continue;
      const made = new MetricChart(chart, signal);
      charts.set(chart.id, made);
      (chart.isMain ? first : others).append(made.element);
    }
    samples = join(samples, later).slice(-MAX_SAMPLES);
    status.textContent = samples.length === 0
      ? "Measured each second, while this page is open. Send requests to see them."
      : `Measured each second, while this page is open; last at ${
        new Date(samples.at(-1).time).toLocaleTimeString("en-GB")
      }.`;
    draw();
  }

  pause.addEventListener("click", () => {
    state.isPaused = !state.isPaused;
    pause.setAttribute("aria-pressed", String(state.isPaused));
    draw();
  });
  more.addEventListener("toggle", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const chart of charts.values()) chart.recolor();
  }, { signal });
  const range = h(
    "select",
    {
      onchange: ({ target }) => {
        state.range = Number(target.value);
        history.replaceState(null, "", `#/metrics?range=${target.value}`);
        draw();
      },
    },
    RANGES.map(([value, text]) => h("option", { value, selected: Number(value) === state.range }, text)),
  );
  main.append(
    h("h2", {}, "Metrics"),
    h("div", { class: "filters" }, h("label", {}, "Time ", range), pause, status),
    first,
    more,
  );
  const events = new EventSource("api/metrics/live");
  signal.addEventListener("abort", () => events.close());
  await new Promise((resolve, reject) => {
    events.onmessage = ({ data }) => {
      update(JSON.parse(data));
      resolve();
    };
    events.onerror = () => {
      status.textContent = "The program does not respond; waiting for it";
      if (events.readyState === EventSource.CLOSED) reject(new Error("The program sends no metrics"));
    };
  });
}

/** Adds samples, which may have been sent before, with a gap where none was taken. */
function join(samples, later) {
  const [next] = later;
  if (next === undefined) return samples;
  const earlier = samples.filter(({ time }) => time < next.time);
  const last = earlier.at(-1);
  const gap = last !== undefined && next.time - last.time > 3_000
    ? [{ time: last.time + 1, charts: {} }]
    : [];
  return [...earlier, ...gap, ...later];
}
