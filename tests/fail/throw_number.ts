function refuse(x: number): void {
  if (x > 1) throw x;
}
refuse(1);
refuse(42);
