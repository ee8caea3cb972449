// Members of a namespace are constants, those that do not exist too.
import * as x from "./x.mjs";
x.a = 3;
x.other = 4;
x.a++;
