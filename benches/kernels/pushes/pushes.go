package main

import "fmt"

func fill(n int32) int64 {
	var a []int32
	for i := int32(0); i < n; i++ {
		a = append(a, i)
	}
	var sum int64
	for _, v := range a {
		sum += int64(v)
	}
	return sum
}

func main() {
	var total int64
	for round := 0; round < 10; round++ {
		total += fill(3000000)
	}
	fmt.Println(total)
}
