import { api, h } from "./dom.js";
import { showFaultBanner } from "./fault_banner.js";
import { listenToKeys } from "./keyboard.js";
import { dataView } from "../views/data_view.js";
import { faultsView } from "../views/faults_view.js";
import { metricsView } from "../views/metrics_view.js";
import { requestsView } from "../views/requests_view.js";

/** Views in the order of the navigation: { name, title, show(main, parts, signal, query) }. Behind them are those of data. */
const VIEWS = [
  requestsView,
  metricsView,
  faultsView,
  ...(await api("/views")).map(dataView),
];

const main = document.querySelector("main");
const nav = document.querySelector("nav");
let shown = new AbortController();

nav.append(...VIEWS.map(({ name, title }) => h("a", { href: `#/${name}` }, title)));

/** Shows the view that the fragment names, such as "#/requests/12" or "#/requests?status=5". */
async function show() {
  const [path, search = ""] = location.hash.slice(2).split("?");
  const [name, ...parts] = path.split("/").map(decodeURIComponent);
  const view = VIEWS.find((each) => each.name === name) ?? VIEWS[0];
  shown.abort();
  shown = new AbortController();
  const { signal } = shown;
  for (const link of nav.children) {
    if (link.getAttribute("href") === `#/${view.name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const content = h("div", {});
  try {
    await view.show(content, parts, signal, new URLSearchParams(search));
  } catch (error) {
    content.append(h("p", { role: "alert" }, error.message));
  }
  if (signal.aborted) return;
  document.title = `${content.querySelector("h2")?.textContent ?? view.title} – Cockpit`;
  main.replaceChildren(content);
}

addEventListener("hashchange", async () => {
  await show();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});
listenToKeys(main);
showFaultBanner(document.querySelector("#faults"));
await show();
