export interface Tree<T> {
  value: T;
  children: Tree<T>[];
}
