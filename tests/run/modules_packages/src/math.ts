export const clamp = (n: number) => (n > 10 ? 10 : n);
