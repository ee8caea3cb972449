const s = [1, 2, 3, 4, 5, 6, 7];
console.log(s.splice(2, 3, 30, 40).join(), s.join(), s.splice(-2).join(), s.join(), s.splice(1, 0, 5, 6).length, s.join());
