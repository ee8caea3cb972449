export * from "./shape";
export * as vec from "./vec";
export type { Shape as Form } from "./shape";
