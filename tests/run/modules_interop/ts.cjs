"use strict";
var __importDefault = function (mod) { return (mod && mod.__esModule) ? mod : { "default": mod }; };
Object.defineProperty(exports, "__esModule", { value: true });
exports.helper = exports.twice = void 0;
const a_1 = __importDefault(require("./a.cjs"));
const b_1 = __importDefault(require("./tsdep.cjs"));
console.log((0, a_1.default)(), b_1.default, b_1.one, b_1);
function twice(x) { return x * 2; }
exports.twice = twice;
const helper = () => exports.twice(4);
exports.helper = helper;
console.log((0, exports.helper)(), exports);
