function f() {
  break
}
f()
