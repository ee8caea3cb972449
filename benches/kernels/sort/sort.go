package main

import (
	"fmt"
	"slices"
)

func run(n int) int32 {
	var a []int32
	seed := uint32(12345)
	for i := 0; i < n; i++ {
		seed = seed*1664525 + 1013904223
		a = append(a, int32(seed>>8))
	}
	slices.SortStableFunc(a, func(x, y int32) int { return int(x - y) })
	var h int32
	for i := 0; i < n; i += 1000 {
		h = h*31 + a[i]
	}
	return h
}

func main() {
	fmt.Println(run(1000000))
}
