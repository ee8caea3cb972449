class A {
  constructor() {}
  constructor(a: number) {}
}
