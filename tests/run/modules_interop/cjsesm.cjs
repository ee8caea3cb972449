Object.defineProperty(exports, "__esModule", { value: true });
exports.default = 5;
exports.other = 6;
