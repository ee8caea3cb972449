export const widget = "widget";
