/** Panels of horizontal bars that share their labels. */
export interface BarChart {
  /** Shown beside the titles of the panels. */
  readonly unit: string;
  /** Labels of the bars, from above. */
  readonly labels: readonly string[];
  /** Numbers of bars that are emphasized. */
  readonly emphasized: readonly number[];
  readonly panels: readonly Panel[];
}

/** Bars with a scale of their own. */
interface Panel {
  readonly title: string;
  /** One for each label; undefined if there is none. */
  readonly values: readonly (number | undefined)[];
}

/** Used part of ECharts. */
interface ECharts {
  init(element: null, theme: null, options: object): {
    setOption(option: object): void;
    renderToSVGString(): string;
    dispose(): void;
  };
}

const LABELS = 175;
const PANEL = 165;
const BAR = 24;
const TOP = 44;
/** Shown where the colour scheme of the page is unknown. */
const INK = "#57606a";
const COLORS = { emphasized: "#2f81f7", other: "#8c959f" };
/** Part of a panel that the longest bar takes, so that its value has space. */
const LONGEST = 0.72;

/** Returns an SVG with a transparent background and texts in the colours of the reader's scheme. */
function render({ init }: ECharts, { unit, labels, emphasized, panels }: BarChart): string {
  const [width, height] = [LABELS + PANEL * panels.length, TOP + BAR * labels.length + 8];
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  const text = { color: INK, fontFamily: "sans-serif", fontSize: 12 };
  const left = (index: number): number => LABELS + PANEL * index;
  chart.setOption({
    animation: false,
    textStyle: text,
    title: [
      {
        text: unit,
        right: width - LABELS + 8,
        top: 12,
        padding: 0,
        textStyle: { ...text, fontWeight: "normal" },
      },
      ...panels.map(({ title }, index) => ({
        text: title,
        left: left(index),
        top: 12,
        padding: 0,
        textStyle: { ...text, fontWeight: "bold" },
      })),
    ],
    grid: panels.map((_, index) => ({
      left: left(index),
      top: TOP,
      width: PANEL - 14,
      height: BAR * labels.length,
    })),
    xAxis: panels.map(({ values }, index) => ({
      gridIndex: index,
      type: "value",
      show: false,
      max: Math.max(...values.map((value) => value ?? 0)) / LONGEST,
    })),
    yAxis: panels.map((_, index) => ({
      gridIndex: index,
      type: "category",
      data: labels,
      inverse: true,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { show: index === 0, ...text },
    })),
    series: panels.map(({ values }, index) => ({
      type: "bar",
      xAxisIndex: index,
      yAxisIndex: index,
      barWidth: "62%",
      label: { show: true, position: "right", ...text, formatter: labelOf },
      data: values.map((value, bar) => ({
        value: value ?? null,
        itemStyle: { color: emphasized.includes(bar) ? COLORS.emphasized : COLORS.other, borderRadius: 2 },
      })),
    })),
  });
  const svg = chart.renderToSVGString();
  // Otherwise a timer of it keeps this program running.
  chart.dispose();
  const scheme = `<style>text{fill:${INK}}@media(prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>`;
  return svg.replace(/^<svg[^>]*>/, (start) => `${start}\n${scheme}`);
}

function labelOf({ value }: { readonly value: number }): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

// A process of its own: `deno run bar_chart.ts <specifier of ECharts>` reads a chart and writes its SVG.
if (import.meta.main) {
  const [specifier = ""] = Deno.args;
  const library: ECharts = await import(specifier);
  const chart: BarChart = await new Response(Deno.stdin.readable).json();
  await Deno.stdout.write(new TextEncoder().encode(`${render(library, chart).trimEnd()}\n`));
}
