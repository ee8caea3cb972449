for (const n of [0, 1, -1, 255, 0.5, 1e21, 1e-7, 123.456, -0, 1 / 3]) console.log(n.toString(), n.toFixed(2), n.toString(2).slice(0, 20), n.toString(16).slice(0, 12), n.toExponential(3), n.toPrecision(4));
console.log((255).toString(36), (-255).toString(16), (0.1).toString(3), (1e21).toString(7).length, (2 ** 53).toString(2).length);
console.log((1.45).toFixed(1), (8.345).toFixed(2), (0.000001).toFixed(7), (123.456).toFixed(0), (-1.5).toFixed(0), (1e-10).toFixed(2), (10.235).toFixed(2));
console.log((1234.5678).toExponential(), (0).toExponential(2), (1e21).toPrecision(3), (0.00001).toPrecision(1), (123456).toPrecision(2));
