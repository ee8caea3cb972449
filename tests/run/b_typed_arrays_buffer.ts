const buf = new ArrayBuffer(8);
const view = new DataView(buf);
view.setInt16(0, -2);
view.setFloat32(4, 1.5, true);
console.log(new Uint8Array(buf).join(), view.getUint16(0), view.getUint16(0, true), view.getFloat32(4, true));
const words = new Uint32Array(buf);
words[0] = 0xdeadbeef;
console.log(new Uint8Array(buf, 0, 4).join(), words[0].toString(16));
try {
  new Uint32Array(buf, 1);
} catch (e) {
  console.log(e.name);
}
