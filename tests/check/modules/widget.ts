export default class Widget {
  constructor(public title: string) {}
}
