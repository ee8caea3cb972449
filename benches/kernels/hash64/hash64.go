package main

import "fmt"

func fnv1a(n int32) uint64 {
	h := uint64(14695981039346656037)
	for i := int32(0); i < n; i++ {
		h ^= uint64(i & 255)
		h *= 1099511628211
	}
	return h
}

func main() {
	fmt.Println(fnv1a(150000000))
}
