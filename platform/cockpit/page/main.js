import { h } from "./dom.js";
import { requestsView } from "../views/requests_view.js";

/** Views in the order of the navigation: { name, title, show(main, parts, signal) }. */
const VIEWS = [requestsView];

const main = document.querySelector("main");
const nav = document.querySelector("nav");
let shown = new AbortController();

nav.append(...VIEWS.map(({ name, title }) => h("a", { href: `#/${name}` }, title)));

/** Shows the view that the fragment names, such as "#/requests/12". */
async function show() {
  const [name, ...parts] = location.hash.slice(2).split("/");
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
    await view.show(content, parts, signal);
  } catch (error) {
    content.append(h("p", { role: "alert" }, error.message));
  }
  if (!signal.aborted) {
    document.title = `${view.title} – Cockpit`;
    main.replaceChildren(content);
  }
}

addEventListener("hashchange", async () => {
  await show();
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
});
await show();
