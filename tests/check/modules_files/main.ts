import "./other.foo";
import data from "./bad.json";
import * as folder from "./folder";
data;
folder;
