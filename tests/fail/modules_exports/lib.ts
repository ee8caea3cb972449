export const length = 2;
