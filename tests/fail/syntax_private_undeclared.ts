class A {
  get() { return this.#hidden }
}
