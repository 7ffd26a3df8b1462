import { api, button, h } from "../page/dom.js";

/** Interval in which a page is read again that changes by itself. */
const LIVE_MS = 2_000;

/** Makes a view of pages that the program sends as data (service_kit/developer_view.ts). */
export function dataView({ name, title }) {
  return {
    name,
    title,
    show: (main, parts, signal, query) => show(main, signal, { name, title, parts, query }),
  };
}

async function show(main, signal, { name, title, parts, query }) {
  const at = `${parts.map(encodeURIComponent).join("/")}?${query}`;
  const place = `/views/${name}?${new URLSearchParams({ at })}`;
  const result = h("p", { role: "status", tabindex: "-1" });
  const content = h("div", {});
  let drawn;
  let isLoading = false;

  async function load() {
    const page = await api(place);
    const text = JSON.stringify(page);
    if (text !== drawn) content.replaceChildren(...draw(page, run));
    drawn = text;
    return page;
  }

  /** Runs the action of a button, and shows its result above the page that it has changed. */
  async function run({ action, values }) {
    const { message } = await api(`/views/${name}`, { body: { action, values } });
    await load();
    result.textContent = message;
    result.focus();
  }

  const page = await load();
  main.append(
    ...(parts.length === 0 ? [] : [h("p", {}, h("a", { class: "up", href: `#/${name}` }, `All: ${title}`))]),
    h("h2", {}, page.title ?? title),
    result,
    content,
  );
  if (signal.aborted) return;
  const timer = setInterval(async () => {
    for (const time of content.querySelectorAll("time")) time.textContent = timeText(time.dateTime);
    if (!page.isLive) return;
    // What has the focus stays as it is.
    if (isLoading || document.hidden || content.contains(document.activeElement)) return;
    isLoading = true;
    try {
      await load();
    } catch (error) {
      result.textContent = error.message;
    } finally {
      isLoading = false;
    }
  }, LIVE_MS);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function draw({ sections }, run) {
  return sections.map((section) => DRAWN[section.kind](section, run));
}

const DRAWN = {
  note: ({ text }) => h("p", {}, text),
  bar: ({ links = [], buttons = [] }, run) =>
    links.length + buttons.length === 0 ? "" : h(
      "p",
      { class: "bar-of-links" },
      links.map((link) => cell(link)),
      buttons.map((each) => buttonOf(each, run)),
    ),
  facts: ({ title, facts }) =>
    h(
      "section",
      {},
      title !== undefined && h("h3", {}, title),
      h("dl", {}, facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, cell(value))])),
    ),
  lines: ({ title, lines, first, marked }) =>
    h(
      "section",
      {},
      h("h3", {}, title),
      h(
        "pre",
        { class: "source", tabindex: "0" },
        lines.map((text, index) => {
          const number = first === undefined ? "" : `${String(first + index).padStart(5)}  `;
          return h(first + index === marked ? "mark" : "span", {}, `${number}${text}\n`);
        }),
      ),
    ),
  table: ({ title, columns, rows, empty }, run) =>
    h(
      "section",
      {},
      h("h3", {}, title),
      rows.length === 0 ? h("p", {}, empty) : tableOf({ title, columns, rows }, run),
    ),
};

function tableOf({ title, columns, rows }, run) {
  const hasButtons = rows.some(({ buttons = [] }) => buttons.length > 0);
  const heading = (column) =>
    h(
      "th",
      { scope: "col" },
      column.name ?? column,
      column.detail !== undefined && h("small", {}, column.detail),
    );
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
    h(
      "table",
      { class: "data" },
      h("thead", {}, h("tr", {}, [...columns, ...(hasButtons ? ["Actions"] : [])].map(heading))),
      h(
        "tbody",
        {},
        rows.map(({ cells, buttons = [] }) =>
          h(
            "tr",
            {},
            cells.map((value) => h("td", {}, cell(value, value === cells.find(isLink) ? "item" : ""))),
            hasButtons && h("td", {}, buttons.map((each) => buttonOf(each, run))),
          )
        ),
      ),
    ),
  );
}

function buttonOf({ label, ...action }, run) {
  return button(label, () => run(action));
}

function isLink(value) {
  return value?.link !== undefined;
}

/** Makes the content of a cell. The first link in a row, an "item", can be reached by keys. */
function cell(value, name = "") {
  if (value === null) return h("i", {}, "null");
  if (typeof value !== "object") return String(value);
  if (value.time !== undefined) return timeOf(value.time);
  const { text, link, isBad = false } = value;
  if (link === undefined) return h("span", { class: isBad ? "bad" : undefined }, text);
  return h("a", { class: isBad ? `${name} bad` : name, href: hrefOf(link) }, text);
}

function timeOf(time) {
  if (Number.isNaN(Date.parse(time))) return "";
  return h("time", { datetime: time, title: new Date(time).toLocaleString("en-GB") }, timeText(time));
}

const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];
const RELATIVE = new Intl.RelativeTimeFormat("en", { style: "narrow" });

/** Returns the time of day, or the date of another day, and the age. */
function timeText(time) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  const seconds = (date.getTime() - Date.now()) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const text = isToday ? date.toLocaleTimeString("en-GB") : date.toLocaleDateString("en-GB");
  return `${text}, ${RELATIVE.format(Math.trunc(seconds / size), unit)}`;
}

function hrefOf({ url, table, where, view = "tables", path = [], query = {} }) {
  if (url !== undefined) return url;
  const columns = Object.entries(where ?? {}).map(([name, text]) => [`column.${name}`, text]);
  const place = table === undefined ? path : [table];
  const search = new URLSearchParams([...columns, ...Object.entries(query)]).toString();
  return `#/${[view, ...place.map(encodeURIComponent)].join("/")}${search === "" ? "" : `?${search}`}`;
}
