export const index = "index";
