package main

import (
	"fmt"
	"strconv"
	"strings"
)

func appendAll(n int) int {
	var s strings.Builder
	for i := 0; i < n; i++ {
		s.WriteString("x")
	}
	return len(s.String())
}

func concat(n int) int64 {
	var total int64
	for i := 0; i < n; i++ {
		s := "key" + strconv.Itoa(i) + ":" + strconv.Itoa(i&7)
		total += int64(len(s)) + int64(s[3])
	}
	return total
}

func main() {
	fmt.Println(appendAll(10000000), concat(2000000))
}
