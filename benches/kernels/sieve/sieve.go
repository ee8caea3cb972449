package main

import "fmt"

func sieve(n int32) int32 {
	composite := make([]uint8, n+1)
	var count int32
	for i := int32(2); i <= n; i++ {
		if composite[i] != 0 {
			continue
		}
		count++
		if int64(i)*int64(i) > int64(n) {
			continue
		}
		for j := i * i; j <= n; j += i {
			composite[j] = 1
		}
	}
	return count
}

func main() {
	fmt.Println(sieve(20000000))
}
