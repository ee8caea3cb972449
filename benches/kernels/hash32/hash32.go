package main

import "fmt"

func fnv1a(n int32) uint32 {
	h := uint32(2166136261)
	for i := int32(0); i < n; i++ {
		h ^= uint32(i & 255)
		h *= 16777619
	}
	return h
}

func main() {
	fmt.Println(fnv1a(150000000))
}
