export * from "./more";
export { one as again } from "./more";
export * as everything from "./lib";
