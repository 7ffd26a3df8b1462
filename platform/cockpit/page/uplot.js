// For the type checker. At this path the program sends the file of the package itself (assets.ts).
export { default } from "uplot/dist/uPlot.esm.js";
