module.exports = class Whole {
  constructor(n) {
    this.n = n;
  }
  twice() {
    return this.n * 2;
  }
};
