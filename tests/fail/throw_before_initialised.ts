function read() { return later }
read()
let later = 1
