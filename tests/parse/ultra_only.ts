print "x";
go f(1);
if x { y }
t[1:2];
class A extends B, C {}
