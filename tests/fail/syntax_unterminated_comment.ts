let a = 1
/* it never ends
