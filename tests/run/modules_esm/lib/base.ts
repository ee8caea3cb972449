export default class {
  hello() {
    return "hello";
  }
}
