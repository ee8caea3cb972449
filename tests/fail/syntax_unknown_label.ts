outer: for (;;) {
  break inner
}
