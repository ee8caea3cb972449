let f: any = 5
f(1)
