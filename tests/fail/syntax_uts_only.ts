function f() {}
go f()
