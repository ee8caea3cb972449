export const a = 1, noper = 3;
