import dataView from "../views/data_view.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import uplot from "uplot/dist/uPlot.esm.js" with { type: "text" };
import errorView from "../views/error_view.js" with { type: "text" };
import faultsView from "../views/faults_view.js" with { type: "text" };
import metricChart from "../views/metric_chart.js" with { type: "text" };
import metricsView from "../views/metrics_view.js" with { type: "text" };
import requestView from "../views/request_view.js" with { type: "text" };
import requestsView from "../views/requests_view.js" with { type: "text" };
import waterfall from "../views/waterfall.js" with { type: "text" };
import style from "./cockpit.css" with { type: "text" };
import dom from "./dom.js" with { type: "text" };
import icon from "./icon.svg" with { type: "text" };
import faultBanner from "./fault_banner.js" with { type: "text" };
import html from "./index.html" with { type: "text" };
import keyboard from "./keyboard.js" with { type: "text" };
import main from "./main.js" with { type: "text" };

/** File of the page. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

const script = (text: string): Asset => ({ type: "text/javascript; charset=utf-8", text });
const sheet = (text: string): Asset => ({ type: "text/css; charset=utf-8", text });

/** Files of the page by path below that of the cockpit. */
export const ASSETS: Readonly<Record<string, Asset>> = {
  "/": { type: "text/html; charset=utf-8", text: html },
  "/page/cockpit.css": sheet(style),
  "/page/dom.js": script(dom),
  "/page/icon.svg": { type: "image/svg+xml", text: icon },
  "/views/data_view.js": script(dataView),
  "/page/fault_banner.js": script(faultBanner),
  "/page/keyboard.js": script(keyboard),
  "/page/main.js": script(main),
  "/page/uplot.css": sheet(uplotStyle),
  "/page/uplot.js": script(uplot),
  "/views/error_view.js": script(errorView),
  "/views/faults_view.js": script(faultsView),
  "/views/metric_chart.js": script(metricChart),
  "/views/metrics_view.js": script(metricsView),
  "/views/request_view.js": script(requestView),
  "/views/requests_view.js": script(requestsView),
  "/views/waterfall.js": script(waterfall),
};
