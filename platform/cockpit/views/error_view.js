import { api, facts, h } from "../page/dom.js";

/** Rooms of the platform: their frames stand behind those of services. */
const PLATFORM = /^(?:api|db|platform|server)\//;

/** Shows the errors of a request with their causes. The first line of a service is open. */
export function errorsOf(request) {
  const sections = request.lines.flatMap(({ error }) => error === undefined ? [] : [errorOf(error, request)]);
  // Opened by its own listener, so that it is as if it had been clicked.
  for (const section of sections.slice(0, 1)) {
    (section.querySelector(".frames.services .frame") ?? section.querySelector(".frame"))?.click();
  }
  return sections;
}

/** Shows an error with its causes. Frames of the project lead to their lines. */
function errorOf(error, request, label = "") {
  const { fields, frames, cause, errors = [] } = error;
  const own = frames.filter(({ isOwn }) => isOwn);
  const services = own.filter(({ file }) => !PLATFORM.test(file));
  const platform = own.filter(({ file }) => PLATFORM.test(file));
  return h(
    "section",
    { class: "error" },
    h("h3", {}, `${label}${headlineOf(error)}`),
    label === "" &&
      causesOf(error).map((each) => h("p", { class: "cause" }, `caused by ${headlineOf(each)}`)),
    Object.keys(fields).length > 0 && h("dl", {}, ...facts(fields)),
    services.length > 0 && framesOf(services, request, "services"),
    platform.length > 0 && h(
      "details",
      { open: services.length === 0 },
      h(
        "summary",
        { class: "item" },
        `${platform.length} frame${platform.length === 1 ? "" : "s"} of the platform`,
      ),
      framesOf(platform, request, "platform"),
    ),
    errors.map((each) => errorOf(each, request)),
    // Its headline is above.
    cause !== undefined && hasMore(cause) && errorOf(cause, request, "caused by "),
  );
}

function headlineOf({ name, code, message }) {
  return `${code === undefined ? name : `${name} [${code}]`}: ${message}`;
}

/** Returns the causes of an error, outermost first. */
function causesOf({ cause }) {
  return cause === undefined ? [] : [cause, ...causesOf(cause)];
}

/** Whether an error or one of its causes has more than a headline. */
function hasMore(error) {
  return [error, ...causesOf(error)].some(({ fields, frames, errors = [] }) =>
    Object.keys(fields).length > 0 || frames.some(({ isOwn }) => isOwn) || errors.length > 0
  );
}

function framesOf(frames, request, kind) {
  return h("ol", { class: `frames ${kind}` }, frames.map((frame) => h("li", {}, frameOf(frame, request))));
}

function frameOf({ call, url, file, line, column }, { id }) {
  const source = h("pre", { class: "source", tabindex: "0", hidden: true });
  const place = `${file}:${line}:${column}`;
  const toggle = h("button", { type: "button", class: "frame item", "aria-expanded": "false" }, place);
  toggle.addEventListener("click", async () => {
    source.hidden = !source.hidden;
    toggle.setAttribute("aria-expanded", String(!source.hidden));
    if (source.childNodes.length > 0) return;
    try {
      const { first, lines } = await api(`/requests/${id}/source?${new URLSearchParams({ url, line })}`);
      source.replaceChildren(
        ...lines.map((text, index) =>
          h(first + index === line ? "mark" : "span", {}, `${String(first + index).padStart(5)}  ${text}\n`)
        ),
      );
    } catch (error) {
      source.replaceChildren(error.message);
    }
  });
  const path = decodeURIComponent(new URL(url).pathname);
  return [
    toggle,
    call === undefined ? "" : ` in ${call} `,
    h("a", { href: `vscode://file${path}:${line}:${column}` }, "open in the editor"),
    source,
  ];
}
