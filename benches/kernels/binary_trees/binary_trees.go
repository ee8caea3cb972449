package main

import "fmt"

type Tree struct {
	left, right *Tree
}

func build(depth int32) *Tree {
	if depth == 0 {
		return &Tree{}
	}
	return &Tree{build(depth - 1), build(depth - 1)}
}

func check(t *Tree) int32 {
	if t.left == nil {
		return 1
	}
	return 1 + check(t.left) + check(t.right)
}

func main() {
	const minDepth, maxDepth, stretch = int32(4), int32(17), int32(18)
	fmt.Printf("stretch tree of depth %d\t check: %d\n", stretch, check(build(stretch)))
	longLived := build(maxDepth)
	for depth := minDepth; depth <= maxDepth; depth += 2 {
		iterations := int32(1) << (maxDepth - depth + minDepth)
		var sum int32
		for i := int32(0); i < iterations; i++ {
			sum += check(build(depth))
		}
		fmt.Printf("%d\t trees of depth %d\t check: %d\n", iterations, depth, sum)
	}
	fmt.Printf("long lived tree of depth %d\t check: %d\n", maxDepth, check(longLived))
}
