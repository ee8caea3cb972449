package main

import (
	"fmt"
	"strconv"
)

func integers(n int32) int64 {
	m := make(map[int32]int32)
	for i := int32(0); i < n; i++ {
		m[(i*7919)&0xfffff] = i
	}
	var sum int64
	for i := int32(0); i < n; i++ {
		sum += int64(m[i&0xfffff])
	}
	for i := int32(0); i < n; i += 2 {
		delete(m, i&0xfffff)
	}
	return sum + int64(len(m))
}

func words(n int) int {
	counts := make(map[string]int32)
	for i := 0; i < n; i++ {
		counts["word"+strconv.Itoa(i%5003)]++
	}
	most := int32(0)
	for _, v := range counts {
		most = max(most, v)
	}
	return int(most) + len(counts)
}

func main() {
	fmt.Println(integers(3000000), words(3000000))
}
