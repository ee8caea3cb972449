class A {
  own = 1;
  method() {}
}
class B extends A {
  second = 2;
}
for (const k in new B()) console.log(k);
