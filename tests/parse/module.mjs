import a, { b as c, default as d, "e f" as g } from "h" with { type: "json" };
export { c as default, d as "i j" }; export * as k from "l";
export default class {}
export { missing };
await a; import.meta.url;
const yield_ = await;
