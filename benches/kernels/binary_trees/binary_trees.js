class Tree {
  constructor(left, right) {
    this.left = left;
    this.right = right;
  }
}

function make(depth) {
  if (depth === 0) return new Tree(null, null);
  return new Tree(make(depth - 1), make(depth - 1));
}

function check(t) {
  if (t.left === null) return 1;
  return 1 + check(t.left) + check(t.right);
}

function run(maxDepth) {
  const minDepth = 4;
  const stretch = maxDepth + 1;
  console.log("stretch tree of depth " + stretch + "\t check: " + check(make(stretch)));
  const longLived = make(maxDepth);
  for (let depth = minDepth; depth <= maxDepth; depth += 2) {
    const iterations = 1 << (maxDepth - depth + minDepth);
    let sum = 0;
    for (let i = 0; i < iterations; i++) sum += check(make(depth));
    console.log(iterations + "\t trees of depth " + depth + "\t check: " + sum);
  }
  console.log("long lived tree of depth " + maxDepth + "\t check: " + check(longLived));
}

run(17);
