export const util = "self";
