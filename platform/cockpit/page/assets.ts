import dataView from "../views/data_view.js" with { type: "text" };
import requestsView from "../views/requests_view.js" with { type: "text" };
import style from "./cockpit.css" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import html from "./index.html" with { type: "text" };
import main from "./main.js" with { type: "text" };

/** File of the page. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

const script = (text: string): Asset => ({ type: "text/javascript; charset=utf-8", text });

/** Files of the page by path below that of the cockpit. */
export const ASSETS: Readonly<Record<string, Asset>> = {
  "/": { type: "text/html; charset=utf-8", text: html },
  "/page/cockpit.css": { type: "text/css; charset=utf-8", text: style },
  "/page/dom.js": script(dom),
  "/page/icon.svg": { type: "image/svg+xml", text: icon },
  "/page/main.js": script(main),
  "/views/data_view.js": script(dataView),
  "/views/requests_view.js": script(requestsView),
};
