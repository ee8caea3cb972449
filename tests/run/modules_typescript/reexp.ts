export { default } from "./cls"; export { default as D } from "./cls";
