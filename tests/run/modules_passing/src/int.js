export const int = "internal";
