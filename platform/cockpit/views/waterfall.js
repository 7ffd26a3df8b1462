import { api, button, duration, facts, h } from "../page/dom.js";

/** Shows spans over time, with the attributes of each below its bar. */
export function waterfall(spans, { id, ms, at }) {
  if (spans.length === 0) {
    return h("p", {}, "Nothing was traced. With exported traces, only requests that are sampled have spans.");
  }
  const total = Math.max(ms, ...spans.map((span) => span.at + span.ms - at), 0.001);
  const depth = (span) => {
    const parent = spans.find((other) => other.id === span.parent);
    return parent === undefined ? 0 : depth(parent) + 1;
  };
  return h(
    "ol",
    { class: "waterfall" },
    spans.map((span) =>
      h(
        "li",
        { class: span.attributes["error.type"] === undefined ? "" : "failed" },
        h(
          "details",
          {},
          h(
            "summary",
            { class: "item" },
            h("span", { class: `name d${Math.min(depth(span), 5)}`, title: labelOf(span) }, labelOf(span)),
            bar({ at: span.at - at, ms: span.ms }, total),
            h("span", { class: "number" }, duration(span.ms)),
          ),
          h("dl", {}, ...facts(span.attributes)),
          span.attributes["db.query.text"] !== undefined && plan(id, span),
        ),
      )
    ),
  );
}

/** Shows the work that a request caused later, such as attempts of webhooks: each with a time scale of its own. */
export function causedWork({ id, spans, ms: requestMs }) {
  const traces = Map.groupBy(spans.filter(({ isCaused }) => isCaused), ({ trace }) => trace ?? "");
  if (traces.size === 0) {
    return h(
      "p",
      { class: "empty" },
      "None so far. Events that the request published, attempts to deliver them to webhooks, and jobs appear here.",
    );
  }
  return h(
    "ol",
    { class: "work" },
    [...traces.values()].map((list) => {
      const at = Math.min(...list.map((span) => span.at));
      const delay = at - requestMs;
      const when = delay <= 0 ? "while it ran" : `${duration(delay)} after the response`;
      return h("li", {}, h("p", {}, when), waterfall(list, { id, ms: 0, at }));
    }),
  );
}

/** Returns the name of a span, with the result and the event of an attempt. */
function labelOf({ name, attributes }) {
  if (attributes["archway.event.type"] === undefined) return name;
  const result = attributes["http.response.status_code"] ?? attributes["archway.outcome"] ?? "";
  return `${name}: ${result} ${attributes["archway.event.type"]}`;
}

function bar({ at, ms }, total) {
  const svg = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const image = svg("svg", { class: "bar", "aria-hidden": "true" });
  const start = Math.min(100, Math.max(0, 100 * at / total));
  const width = Math.max(0.4, 100 * ms / total);
  image.append(svg("rect", { x: `${start}%`, width: `${width}%`, y: "20%", height: "60%", rx: "2" }));
  return image;
}

function plan(id, span) {
  const output = h("pre", { hidden: true, tabindex: "0" });
  return h(
    "div",
    {},
    button("Explain", async () => {
      const { plan: lines } = await api(`/requests/${id}/explain`, { body: { span: span.id } });
      output.textContent = lines.join("\n");
      output.hidden = false;
    }),
    output,
  );
}
