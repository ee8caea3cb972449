export const internal = "internal";
