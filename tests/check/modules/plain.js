export const data = make(); function make() { return { a: 1 } }
