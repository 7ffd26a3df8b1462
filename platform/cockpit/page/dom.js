/**
 * Makes an element. Texts become text nodes, so that nothing recorded is ever parsed as HTML.
 *
 * @param {string} tag
 * @param {Record<string, unknown>} attributes Functions are listeners: { onclick: () => {} }.
 * @param {...(Node | string | number | null | undefined | false | readonly unknown[])} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** Makes a table with a header. Cells are texts or elements. */
export function table(headings, rows) {
  return h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": headings.join(", ") },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, headings.map((heading) => h("th", { scope: "col" }, heading)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))),
    ),
  );
}

/** Calls an endpoint and returns its value. */
export async function api(path, { body } = {}) {
  const response = await fetch(
    `api${path}`,
    body === undefined ? {} : {
      method: "POST",
      headers: { "X-Cockpit": "1", "Content-Type": "application/json" },
      body: JSON.stringify(body),
    },
  );
  const value = await response.json();
  if (!response.ok) throw new Error(value.error ?? `Status ${response.status}`);
  return value;
}

/** Makes a button that shows why it failed. */
export function button(label, run) {
  const status = h("span", { role: "status" });
  const onclick = async () => {
    status.textContent = "";
    try {
      await run();
    } catch (error) {
      status.textContent = ` ${error.message}`;
    }
  };
  return h("span", {}, h("button", { type: "button", onclick }, label), status);
}

/** Returns the entries of a description list. */
export function facts(values) {
  return Object.entries(values).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]);
}

/** Formats a duration. */
export function duration(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms >= 100 ? ms.toFixed(0) : ms.toFixed(2)} ms`;
}
